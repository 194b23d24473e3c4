/** What one unit gives, and what is noted while it is computed: traces, what the network computed, and the time of each T. */
import { type AnswerWatch, addWork, type NetWork, NO_WORK } from '../core/model.ts';
import type { ItemRecord } from '../core/record.ts';
import type { Response } from '../core/response.ts';
import type { ItemTrace, TextTrace } from '../core/trace.ts';
import type { Seconds } from '../core/units.ts';
import type { SessionWork, UnitWorker, WritingCost } from '../store/environment.ts';
import type { Clock } from './environment.ts';

/** What one unit took. */
export interface UnitCosts {
  readonly writing?: Readonly<Record<string, WritingCost>>;
  /** null where nobody counted it. */
  readonly work?: SessionWork | null;
}

/** What one unit gave. */
export interface AnsweredUnit {
  readonly records: readonly ItemRecord[];
  readonly traces: readonly ItemTrace[];
  readonly costs: UnitCosts;
  /** Absent where this process computed it. */
  readonly by?: UnitWorker;
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
