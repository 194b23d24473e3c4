/** What a session stores: the units that come, and beside them its state for the case of a kill. */
import { asStored, type ItemRecord } from '../core/record.ts';
import { type Share, shareText } from '../core/share.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import type { Seconds } from '../core/units.ts';
import {
  addCosts,
  addSessionWork,
  type Machine,
  type OpenedFrom,
  type Session,
  type SessionWork,
  type SessionWorker,
  type UnitWorker,
  type WritingCost,
} from '../store/environment.ts';
import type { RunWriter } from '../store/run-writer.ts';
import { type RunWarning, warning } from '../store/warning.ts';
import { type Clock, peakMemoryBytes } from './environment.ts';
import type { AnsweredUnit, UnitCosts } from './plan.ts';

/** Between two writes of the session; each costs two waits for the disk. */
const WRITE_INTERVAL: Seconds = 1;

/** What is known of a session before it begins. */
export interface SessionFacts {
  readonly machine: Machine;
  readonly openedFrom: OpenedFrom | null;
  /** null: all that is missing. */
  readonly share: Share | null;
}

/** Keeps the current session in `environment.json` about up to date, for the case of a kill. */
export class SessionLog {
  readonly #writer: RunWriter;
  readonly #clock: Clock;
  readonly #facts: SessionFacts;
  readonly #started: string;
  readonly #startSeconds: Seconds;
  readonly #warnings: RunWarning[];
  #seconds: Seconds = 0;
  #writtenAt: Seconds | null = null;
  #items = 0;
  #nfe = 0;
  #writing: Readonly<Record<string, WritingCost>> = {};
  #work: SessionWork | null = null;
  /** By name. */
  readonly #workers = new Map<string, SessionWorker>();

  constructor(writer: RunWriter, clock: Clock, facts: SessionFacts, warnings: readonly RunWarning[] = []) {
    this.#writer = writer;
    this.#clock = clock;
    this.#facts = facts;
    this.#started = clock.now();
    this.#startSeconds = clock.seconds();
    this.#warnings = [...writer.warnings, ...warnings];
  }

  get seconds(): Seconds {
    return this.#seconds;
  }

  get items(): number {
    return this.#items;
  }

  get warnings(): readonly RunWarning[] {
    return this.#warnings;
  }

  /** The session is in the file and needs a last word. */
  get isWritten(): boolean {
    return this.#writtenAt !== null;
  }

  /** Notes stored records, what was odd about them, what the texts of each T took, and what the network computed. */
  async note(
    records: readonly ItemRecord[],
    warnings: readonly RunWarning[],
    { writing = {}, work = null }: UnitCosts = {},
    by: UnitWorker | null = null,
  ): Promise<void> {
    this.#writing = addCosts(this.#writing, writing);
    this.#work = this.#work === null || work === null ? (work ?? this.#work) : addSessionWork(this.#work, work);
    this.#seconds = this.#clock.seconds() - this.#startSeconds;
    this.#items += records.length;
    for (const { response } of records) if (response.kind !== 'unanswered') this.#nfe += response.nfe;
    this.#warnings.push(...warnings);
    if (by !== null) this.#workers.set(by.name, addUnit(this.#workers.get(by.name), by, records.length));
    if (this.#writtenAt === null || this.#seconds - this.#writtenAt >= WRITE_INTERVAL) await this.write('running');
  }

  async write(state: Session['state']): Promise<void> {
    const { machine, openedFrom, share } = this.#facts;
    this.#writtenAt = this.#seconds;
    await this.#writer.writeSession({
      started: this.#started,
      seconds: this.#seconds,
      items: this.#items,
      nfe: this.#nfe,
      peakMemoryBytes: peakMemoryBytes(),
      ...(Object.keys(this.#writing).length === 0 ? {} : { writing: this.#writing }),
      ...(this.#work === null ? {} : { work: this.#work }),
      ...(openedFrom === null ? {} : { openedFrom }),
      ...(share === null ? {} : { share: shareText(share) }),
      ...(this.#workers.size === 0 ? {} : { workers: [...this.#workers.values()] }),
      state,
      machine,
      warnings: this.#warnings,
    });
  }
}

function addUnit(before: SessionWorker | undefined, unit: UnitWorker, items: number): SessionWorker {
  const { seconds, items: earlier } = before ?? { seconds: 0, items: 0 };
  return { ...unit, seconds: seconds + unit.seconds, items: earlier + items };
}

/** Stores units as they come; one that comes again is held against what is stored. */
export class UnitStore {
  readonly #writer: RunWriter;
  readonly #log: SessionLog;
  /** Name of the worker that computed an item in this session. */
  readonly #computedBy = new Map<string, string>();

  constructor(writer: RunWriter, log: SessionLog) {
    this.#writer = writer;
    this.#log = log;
  }

  async store({ records, costs, by }: AnsweredUnit): Promise<void> {
    const stored = this.#writer.records;
    const fresh = records.filter(({ id }) => !stored.has(id));
    const changed = records.filter((record) => isChanged(record, stored.get(record.id)));
    await this.#writer.append(fresh);
    if (by !== undefined) for (const { id } of fresh) this.#computedBy.set(id, by.name);
    await this.#log.note(fresh, this.#warnings(changed, by?.name), costs, by ?? null);
  }

  #warnings(changed: readonly ItemRecord[], worker: string | undefined): readonly RunWarning[] {
    const ids = changed.map(({ id }) => id);
    const [first] = ids;
    if (first === undefined) return [];
    const before = this.#computedBy.get(first) ?? earlierMachines(this.#writer.earlierSessions);
    const where = worker === undefined ? '' : ` on ${worker} than on ${before}`;
    const again = `${ids.length} item(s) gave another record when computed again${where}`;
    return [warning('not-reproduced', `${again}; the stored one is kept`, ids)];
  }
}

/** Who may have computed what earlier sessions stored. */
function earlierMachines(sessions: readonly Session[]): string {
  const names = sessions.flatMap(({ machine, workers }) => workers?.map(({ name }) => name) ?? [machine.host]);
  return `${[...new Set(names)].join(' or ')} in an earlier session`;
}

const isChanged = (record: ItemRecord, stored: ItemRecord | undefined): boolean =>
  stored !== undefined && canonicalJson(stored) !== canonicalJson(asStored(record, stored));
