/** `bench list runs`: what is stored, when it was computed, how much of it is in, and where. Reads stored files only. */
import { groupBy } from '../../core/collect.ts';
import type { RunManifest } from '../../core/manifest.ts';
import { settingsText, tellApart } from '../../gate/measured/tell-apart.ts';
import { shownNames } from '../../report/terminal/model-names.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { type ListedRun, listRuns } from '../../store/read-run.ts';

type ReadableRun = Extract<ListedRun, { kind: 'run' }>;

/** A stored run, or a folder that should be one. */
export interface RunLine {
  readonly folder: string;
  readonly task: string | null;
  readonly model: string | null;
  /** What else its numbers depend on, in words; of a run that cannot be read, why. */
  readonly what: string;
  /** When its last session began: ISO 8601, UTC. null where none is stored. */
  readonly started: string | null;
  /** Items that are in, and that it has when it is complete. */
  readonly items: number | null;
  readonly expectedItems: number | null;
  readonly state: 'complete' | 'running' | 'interrupted' | 'unreadable';
}

/** The runs in a folder, the newest last. */
export async function runLines(folder: string): Promise<readonly RunLine[]> {
  const listed = await listRuns(folder);
  const readable = listed.flatMap((run) => (run.kind === 'run' ? [run] : []));
  const texts = textsOf(readable.map(({ manifest }) => manifest));
  const lines = listed.map((run): RunLine => {
    if (run.kind === 'run') return { ...lineOf(run), what: texts.get(run.manifest) ?? '' };
    const nothing = { task: null, model: null, started: null, items: null, expectedItems: null };
    return { folder: run.folder, ...nothing, what: run.error.message, state: 'unreadable' };
  });
  return lines.sort((a, b) => compare(a.started ?? '', b.started ?? '') || compare(a.folder, b.folder));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function lineOf({ folder, manifest, summary, environment }: ReadableRun): Omit<RunLine, 'what'> {
  const last = environment.sessions.at(-1);
  const { items, expectedItems, complete } = summary;
  const state = complete ? 'complete' : last?.state === 'running' ? 'running' : 'interrupted';
  const [task, model] = [manifest.task.name, manifest.model.name];
  return { folder, task, model, started: last?.started ?? null, items, expectedItems, state };
}

/** The settings of each run, and for those that would read alike what tells them apart. */
function textsOf(manifests: readonly RunManifest[]): ReadonlyMap<RunManifest, string> {
  const texts = new Map(manifests.map((manifest) => [manifest, settingsText(manifest)]));
  const keyOf = (each: RunManifest) => JSON.stringify([each.task.name, each.model.name, texts.get(each)]);
  for (const alike of groupBy(manifests, keyOf).values()) {
    const apart = tellApart(alike).texts;
    alike.forEach((manifest, i) => {
      if (apart[i] !== '') texts.set(manifest, `${texts.get(manifest)}, ${apart[i]}`);
    });
  }
  return texts;
}

export function runLinesText(lines: readonly RunLine[], folder: string, width: number): string {
  if (lines.length === 0) {
    return `No runs in ${folder}: bench run --models tiny-gpt2,tiny-diffugpt makes some; --runs DIR names another folder.\n`;
  }
  const nameOf = shownNames(lines.flatMap(({ model }) => model ?? []));
  const rows = lines.map((line) => [
    line.started?.slice(0, 16).replace('T', ' ') ?? '–',
    line.items === null ? '–' : line.items.toLocaleString('en'),
    line.state === 'interrupted' ? `of ${line.expectedItems?.toLocaleString('en')}` : line.state,
    line.task === null
      ? `${line.what}\n${line.folder}`
      : `${line.task}, ${nameOf(line.model ?? '')}: ${line.what}\n${line.folder}`,
  ]);
  const table = textTable(['when (UTC)', 'n', 'state', 'what, folder'], rows, { right: [1], width });
  return `${table}bench show FOLDER prints one; compare, gate, bless and report choose with --models, --tasks, --steps and the like.\n`;
}
