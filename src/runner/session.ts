/** What a session notes beside the results: its state for the case of a kill, traces, and the time of each T. */
import { type AnswerWatch, addWork, type NetWork, NO_WORK } from '../core/model.ts';
import type { ItemRecord } from '../core/record.ts';
import type { Response } from '../core/response.ts';
import { type Share, shareText } from '../core/share.ts';
import type { TextTrace } from '../core/trace.ts';
import type { Seconds } from '../core/units.ts';
import {
  addCosts,
  addSessionWork,
  type Machine,
  type Session,
  type SessionWork,
  type WritingCost,
} from '../store/environment.ts';
import type { RunWriter } from '../store/run-writer.ts';
import type { RunWarning } from '../store/warning.ts';
import { type Clock, peakMemoryBytes } from './environment.ts';

/** What one unit took. */
export interface UnitCosts {
  readonly writing?: Readonly<Record<string, WritingCost>>;
  /** null where nobody counted it. */
  readonly work?: SessionWork | null;
}

/** Between two writes of the session; each costs two waits for the disk. */
const WRITE_INTERVAL: Seconds = 1;

/** Keeps the current session in `environment.json` about up to date, for the case of a kill. */
export class SessionLog {
  readonly #writer: RunWriter;
  readonly #clock: Clock;
  readonly #machine: Machine;
  readonly #started: string;
  readonly #startSeconds: Seconds;
  readonly #warnings: RunWarning[];
  readonly #share: Share | null;
  #seconds: Seconds = 0;
  #writtenAt: Seconds | null = null;
  #items = 0;
  #nfe = 0;
  #writing: Readonly<Record<string, WritingCost>> = {};
  #work: SessionWork | null = null;

  constructor(
    writer: RunWriter,
    clock: Clock,
    machine: Machine,
    warnings: readonly RunWarning[] = [],
    share: Share | null = null,
  ) {
    this.#writer = writer;
    this.#clock = clock;
    this.#machine = machine;
    this.#started = clock.now();
    this.#startSeconds = clock.seconds();
    this.#warnings = [...writer.warnings, ...warnings];
    this.#share = share;
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
  ): Promise<void> {
    this.#writing = addCosts(this.#writing, writing);
    this.#work = this.#work === null || work === null ? (work ?? this.#work) : addSessionWork(this.#work, work);
    this.#seconds = this.#clock.seconds() - this.#startSeconds;
    this.#items += records.length;
    for (const { response } of records) if (response.kind !== 'unanswered') this.#nfe += response.nfe;
    this.#warnings.push(...warnings);
    if (this.#writtenAt === null || this.#seconds - this.#writtenAt >= WRITE_INTERVAL) await this.write('running');
  }

  async write(state: Session['state']): Promise<void> {
    this.#writtenAt = this.#seconds;
    await this.#writer.writeSession({
      started: this.#started,
      seconds: this.#seconds,
      items: this.#items,
      nfe: this.#nfe,
      peakMemoryBytes: peakMemoryBytes(),
      ...(Object.keys(this.#writing).length === 0 ? {} : { writing: this.#writing }),
      ...(this.#work === null ? {} : { work: this.#work }),
      ...(this.#share === null ? {} : { share: shareText(this.#share) }),
      state,
      machine: this.#machine,
      warnings: this.#warnings,
    });
  }
}

interface Lap {
  seconds: Seconds;
}

/** Time that is shared by what is under way at once: two laps that run side by side get half of it each. */
export class Stopwatch {
  readonly #clock: Clock;
  readonly #running = new Set<Lap>();
  #settledAt: Seconds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async time<Result>(lap: Lap, work: () => Promise<Result>): Promise<Result> {
    this.#settle();
    this.#running.add(lap);
    try {
      return await work();
    } finally {
      this.#settle();
      this.#running.delete(lap);
    }
  }

  #settle(): void {
    const now = this.#clock.seconds();
    for (const lap of this.#running) lap.seconds += (now - this.#settledAt) / this.#running.size;
    this.#settledAt = now;
  }
}

/** Looks on while the questions of one unit are answered: keeps traces, and takes the time of each T. */
export class UnitWatch implements AnswerWatch {
  readonly timed: NonNullable<AnswerWatch['timed']>;
  readonly onTrace?: NonNullable<AnswerWatch['onTrace']>;
  readonly #laps = new Map<number, Lap>();
  readonly #work = new Map<number | null, NetWork>();
  readonly #traces = new Map<string, TextTrace[]>();

  constructor(stopwatch: Stopwatch, keepsTraces: boolean) {
    this.timed = (steps, work) => {
      const lap = this.#laps.get(steps) ?? { seconds: 0 };
      this.#laps.set(steps, lap);
      return stopwatch.time(lap, work);
    };
    if (keepsTraces) {
      this.onTrace = (key, trace) => {
        this.#traces.set(key, [...this.texts(key), trace]);
      };
    }
  }

  readonly onWork = (work: NetWork, steps: number | null): void => {
    this.#work.set(steps, addWork(this.#work.get(steps) ?? NO_WORK, work));
  };

  /** What the network computed for the questions, `items` of them; null where it was not counted. */
  work(items: number): SessionWork | null {
    return this.#work.size === 0 ? null : { items, ...[...this.#work.values()].reduce(addWork) };
  }

  /** The traced texts of a question; none where it could not be answered. */
  texts(key: string): readonly TextTrace[] {
    return this.#traces.get(key) ?? [];
  }

  /** What was spent on each T that was timed. */
  costs(responses: readonly Response[]): Readonly<Record<string, WritingCost>> {
    const written = responses.flatMap((response) =>
      response.kind === 'written' ? Object.values(response.views).flat() : [],
    );
    const laps = [...this.#laps].map(([T, { seconds }]) => {
      const texts = written.filter(({ steps }) => steps === T);
      const sum = (of: 'nfe' | 'tokens') => texts.reduce((total, text) => total + text[of], 0);
      const flops = this.#work.get(T)?.flops;
      const cost = { seconds, texts: texts.length, nfe: sum('nfe'), tokens: sum('tokens') };
      return [T, { ...cost, ...(flops === undefined ? {} : { flops }) }] as const;
    });
    return Object.fromEntries(laps);
  }
}
