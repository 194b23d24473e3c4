/** Looks on while the questions of one unit are answered: keeps traces, and takes the time of each T. */
import type { AnswerWatch } from '../core/model.ts';
import type { Response } from '../core/response.ts';
import type { TextTrace } from '../core/trace.ts';
import type { Seconds } from '../core/units.ts';
import type { WritingCost } from '../store/environment.ts';
import type { Clock } from './environment.ts';

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

export class UnitWatch implements AnswerWatch {
  readonly timed: NonNullable<AnswerWatch['timed']>;
  readonly onTrace?: NonNullable<AnswerWatch['onTrace']>;
  readonly #laps = new Map<number, Lap>();
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
      return [T, { seconds, texts: texts.length, nfe: sum('nfe'), tokens: sum('tokens') }] as const;
    });
    return Object.fromEntries(laps);
  }
}
