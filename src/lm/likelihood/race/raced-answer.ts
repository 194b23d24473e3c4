/** One answer in a race: which passes each round asks for, and its cost from all that it has asked for. */
import type { PassPool, Ticket } from '../../forward/pass-pool.ts';
import type { Lowered } from '../../lowering/lowered.ts';
import { predictable } from '../../shift.ts';
import { blocksOf } from '../answer-blocks.ts';
import { type BoundPlan, crossEntropies, requestMasked } from '../bound.ts';
import { type Coefficients, combine } from '../elbo.ts';
import { planMasks } from '../mask-plan.ts';
import type { Denoiser } from '../noised-input.ts';
import { controlledValue } from './controlled-value.ts';
import { byStratum, type NestedDraw, nestedDraws, passesAfter } from './nested-masks.ts';
import type { Racer, Standing } from './race.ts';

interface AskedDraw extends NestedDraw {
  readonly ticket: Ticket;
}

/** What an answer is asked with. */
export interface Asking {
  readonly denoiser: Denoiser;
  readonly seed: number;
  readonly pool: PassPool;
}

/** Of an answer, or of the part of it that stands in one block. */
class RacedPart {
  readonly #part: Pick<BoundPlan, 'lowered' | 'scorable'>;
  readonly #key: string;
  readonly #asking: Asking;
  readonly #draws: AskedDraw[] = [];
  #full: Ticket | null = null;
  #all: Pick<BoundPlan, 'plan' | 'tickets'> | null = null;

  constructor(lowered: Lowered, key: string, asking: Asking) {
    this.#part = { lowered, scorable: predictable(lowered.scored, asking.denoiser.shift) };
    this.#key = key;
    this.#asking = asking;
  }

  get tokens(): number {
    return this.#part.scorable.length;
  }

  get isExact(): boolean {
    return this.#all !== null;
  }

  /** Once all masks are no more passes than draws would be, all are run. */
  ask(round: number): void {
    if (this.#all !== null) return;
    const { seed } = this.#asking;
    if (this.tokens < 31 && 2 ** this.tokens - 1 <= passesAfter(round)) {
      const plan = planMasks(this.tokens, passesAfter(round), seed, this.#key);
      this.#all = { plan, tickets: plan.masks.map((mask) => this.#request(mask, 0)) };
      return;
    }
    this.#full ??= this.#request(this.#everything(), 0);
    const draws = nestedDraws(this.tokens, round, seed, this.#key);
    this.#draws.push(...draws.map((draw) => ({ ...draw, ticket: this.#request(draw.mask, draw.draw + 1) })));
  }

  standing(round: number, coefficients: Coefficients): Standing {
    const { pool } = this.#asking;
    if (this.#all !== null) {
      const values = crossEntropies({ ...this.#part, ...this.#all }, pool);
      return { combination: combine(values, coefficients), known: 0, exact: true };
    }
    const drawn = byStratum(this.#draws, round);
    const costs = ({ ticket }: Pick<AskedDraw, 'ticket'>) => pool.readings(ticket).map(({ logprob }) => -logprob);
    const passes = {
      tokens: costs({ ticket: this.#full as Ticket }),
      masks: drawn.map(({ mask }) => mask),
      costs: drawn.map(costs),
    };
    return { ...controlledValue(passes, coefficients), exact: false };
  }

  #request(mask: readonly number[], draw: number): Ticket {
    const { denoiser, seed, pool } = this.#asking;
    const masked = mask.map((offset) => this.#part.scorable[offset] as number);
    return requestMasked(this.#part, masked, denoiser, seed, this.#key, draw, pool);
  }

  #everything(): readonly number[] {
    return Array.from({ length: this.tokens }, (_, offset) => offset);
  }

  /** Distinct passes that it has asked for. */
  get passes(): number {
    const tickets = this.#all?.tickets ?? [
      ...(this.#full === null ? [] : [this.#full]),
      ...this.#draws.map(({ ticket }) => ticket),
    ];
    return new Set(tickets.map(({ pass }) => pass)).size;
  }
}

/** All parts of an answer; without blocks there is one. */
export class RacedAnswer implements Racer {
  readonly #parts: readonly RacedPart[];

  /** @param key names the question, so all its answers share their masks */
  constructor(lowered: Lowered, key: string, asking: Asking) {
    this.#parts = blocksOf(lowered, asking.denoiser).map(
      ({ index, lowered: part }) => new RacedPart(part, index === null ? key : `${key}/block ${index}`, asking),
    );
  }

  get blocks(): number {
    return this.#parts.length;
  }

  /** Scorable ones. */
  get tokens(): number {
    return this.#parts.reduce((sum, { tokens }) => sum + tokens, 0);
  }

  /** Every mask was run. */
  get isExact(): boolean {
    return this.#parts.every(({ isExact }) => isExact);
  }

  get passes(): number {
    return this.#parts.reduce((sum, { passes }) => sum + passes, 0);
  }

  ask(round: number): void {
    for (const part of this.#parts) part.ask(round);
  }

  /** Blocks draw their masks independently, so their draws stand side by side. */
  standing(round: number, coefficients: Coefficients): Standing {
    const parts = this.#parts.map((part) => part.standing(round, coefficients));
    return {
      combination: {
        exact: parts.reduce((sum, { combination }) => sum + combination.exact, 0),
        draws: parts.flatMap(({ combination }) => combination.draws),
      },
      known: parts.reduce((sum, { known }) => sum + known, 0),
      exact: parts.every(({ exact }) => exact),
    };
  }
}
