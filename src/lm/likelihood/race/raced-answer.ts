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
import type { Standing } from './race.ts';

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
function racedPart(lowered: Lowered, key: string, { denoiser, seed, pool }: Asking) {
  const scorable = predictable(lowered.scored, denoiser.shift);
  const tokens = scorable.length;
  const draws: AskedDraw[] = [];
  let full: Ticket | null = null;
  let all: Pick<BoundPlan, 'plan' | 'tickets'> | null = null;
  const request = (masked: readonly number[], draw: number): Ticket =>
    requestMasked({ lowered, scorable }, masked, denoiser, seed, key, draw, pool);
  const at = (mask: readonly number[]): readonly number[] => mask.map((offset) => scorable[offset] as number);
  const costs = (ticket: Ticket) => pool.readings(ticket).map(({ logprob }) => -logprob);
  return {
    tokens,
    isExact: () => all !== null,
    /** Once all masks are no more passes than draws would be, all are run. */
    ask(round: number): void {
      if (all !== null) return;
      if (tokens < 31 && 2 ** tokens - 1 <= passesAfter(round)) {
        const plan = planMasks(tokens, passesAfter(round), seed, key);
        all = { plan, tickets: plan.masks.map((mask) => request(at(mask), 0)) };
        return;
      }
      full ??= request(scorable, 0);
      const added = nestedDraws(tokens, round, seed, key);
      draws.push(...added.map((draw) => ({ ...draw, ticket: request(at(draw.mask), draw.draw + 1) })));
    },
    standing(round: number, coefficients: Coefficients): Standing {
      if (all !== null) {
        const values = crossEntropies({ scorable, ...all }, pool);
        return { combination: combine(values, coefficients), known: 0, exact: true };
      }
      const drawn = byStratum(draws, round);
      const passes = {
        tokens: costs(full as Ticket),
        masks: drawn.map(({ mask }) => mask),
        costs: drawn.map(({ ticket }) => costs(ticket)),
      };
      return { ...controlledValue(passes, coefficients), exact: false };
    },
    /** Distinct passes that it has asked for. */
    passes(): number {
      const tickets = all?.tickets ?? [...(full === null ? [] : [full]), ...draws.map(({ ticket }) => ticket)];
      return new Set(tickets.map(({ pass }) => pass)).size;
    },
  };
}

export type RacedAnswer = ReturnType<typeof racedAnswer>;

/**
 * All parts of an answer; without blocks there is one.
 *
 * @param key names the question, so all its answers share their masks
 */
export function racedAnswer(lowered: Lowered, key: string, asking: Asking) {
  const parts = blocksOf(lowered, asking.denoiser).map(({ index, lowered: part }) =>
    racedPart(part, index === null ? key : `${key}/block ${index}`, asking),
  );
  return {
    blocks: parts.length,
    /** Scorable ones. */
    tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0),
    /** Every mask was run. */
    isExact: () => parts.every((part) => part.isExact()),
    passes: () => parts.reduce((sum, part) => sum + part.passes(), 0),
    ask(round: number): void {
      for (const part of parts) part.ask(round);
    },
    /** Blocks draw their masks independently, so their draws stand side by side. */
    standing(round: number, coefficients: Coefficients): Standing {
      const standings = parts.map((part) => part.standing(round, coefficients));
      return {
        combination: {
          exact: standings.reduce((sum, { combination }) => sum + combination.exact, 0),
          draws: standings.flatMap(({ combination }) => combination.draws),
        },
        known: standings.reduce((sum, { known }) => sum + known, 0),
        exact: standings.every(({ exact }) => exact),
      };
    },
  };
}
