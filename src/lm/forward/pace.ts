/**
 * How large a batch may be for a stop to come soon: it waits for the batch in hand, and while an engine computes in this thread nothing is heard.
 * Never changes a result, as no sequence depends on its batch.
 */
import type { Seconds, Tokens } from '../../core/units.ts';

/** That a batch may take. */
const MOST: Seconds = 1.5;
/** Floating-point operations a second, until a batch was timed: of two cores. */
const ASSUMED_RATE = 5e10;
/** However slow the machine: with fewer, most of the time would go into reading weights. */
const LEAST: Tokens = 64;

export class Pace {
  readonly #seconds: () => Seconds;
  #tokensPerSecond: number;
  #lastEnd: Seconds = Number.NEGATIVE_INFINITY;

  /**
   * @param parameters of the network
   * @param seconds    a clock that only runs forward
   */
  constructor(parameters: number, seconds: () => Seconds) {
    this.#seconds = seconds;
    this.#tokensPerSecond = ASSUMED_RATE / (2 * parameters);
  }

  /** Tokens that the next batch may have, by the rate of the last one. */
  get tokens(): Tokens {
    return Math.max(LEAST, Math.floor(MOST * this.#tokensPerSecond));
  }

  /** Runs a batch, and learns from the time that it takes. */
  async timed<Result>(tokens: Tokens, run: () => Promise<Result>): Promise<Result> {
    const began = this.#seconds();
    const result = await run();
    const ended = this.#seconds();
    // Of batches that wait for each other, each one takes what it adds.
    const taken = ended - Math.max(began, this.#lastEnd);
    this.#lastEnd = ended;
    if (taken > 0) this.#tokensPerSecond = tokens / taken;
    return result;
  }
}
