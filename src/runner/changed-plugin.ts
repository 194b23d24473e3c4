/** What a run holds of another version of the plugin that its task comes from. */
import { type Machine, type RunWarning, type Session, warning } from '../store/environment.ts';

/** A run as its next session finds it. */
export interface ResumedRun {
  readonly task: string;
  /** That the task comes from; undefined where it comes from none. */
  readonly plugin: string | undefined;
  readonly machine: Machine;
  readonly earlierSessions: readonly Session[];
  /** Items with a record. */
  readonly stored: number;
}

/** A warning where another version stored items: an edited plugin changes no manifest, so its run goes on in the same folder. */
export function changedPlugin(run: ResumedRun): readonly RunWarning[] {
  const { task, plugin, machine, earlierSessions, stored } = run;
  const now = plugin === undefined ? undefined : machine.plugins?.[plugin];
  if (plugin === undefined || now === undefined) return [];
  const parts = earlierSessions.flatMap(partsOf);
  const others = parts.filter(({ plugins }) => isOther(plugins?.[plugin], now));
  const same = parts.filter((part) => !others.includes(part));
  // A session that was killed may have stored more than it says: all that nobody else has.
  const isOpen = others.some(({ state }) => state === 'running');
  const items = isOpen ? stored - itemsOf(same) : Math.min(stored, itemsOf(others));
  if (items <= 0) return [];
  const before = [...new Set(others.map(({ plugins }) => plugins?.[plugin]))].join(', ');
  const message = `${items} item(s) were stored by another version of plugin ${plugin} (${before}; now ${now})`;
  const advice = `raise the version of task ${task}, or give another --out, to compute them again`;
  return [warning('changed-plugin', `${message}; ${advice}`)];
}

interface Part extends Pick<Session, 'state' | 'items'> {
  readonly plugins: Machine['plugins'] | undefined;
}

/** What each process of a session stored. */
function partsOf({ state, items, machine, workers }: Session): readonly Part[] {
  const own = { items, machine };
  return (workers ?? [own]).map((part) => ({ state, items: part.items, plugins: part.machine.plugins }));
}

const itemsOf = (parts: readonly Part[]): number => parts.reduce((sum, { items }) => sum + items, 0);

/** The digest with which the description of a plugin ends, see `addPlugin`; one that no file holds has none. */
const DIGEST = /(?:^| sha256:)[0-9a-f]{16}$/;

/** Two digests tell; where one is lacking, the versions in front of them. A session that does not know the plugin says nothing. */
function isOther(before: string | undefined, now: string): boolean {
  if (before === undefined) return false;
  if (DIGEST.test(before) && DIGEST.test(now)) return before !== now;
  return before.replace(DIGEST, '') !== now.replace(DIGEST, '');
}
