/** How a deterministic sampler chooses positions, and what its likelihood is called: `duel:confidence`, `duel:margin:block=32`. */
import type { Tokens } from './units.ts';

export const DUEL_ORDERS = ['confidence', 'entropy', 'margin', 'left-to-right'] as const;
/** Which masked position comes first: the surest prediction by one of three measures, or the leftmost. Ties: lowest position. */
export type DuelOrder = (typeof DUEL_ORDERS)[number];

/** By what an order looks at predictions: of `left-to-right`, by nothing. */
export const DUEL_MEASURES = ['confidence', 'entropy', 'margin'] as const satisfies readonly DuelOrder[];
export type DuelMeasure = (typeof DUEL_MEASURES)[number];

export interface DuelRule {
  readonly order: DuelOrder;
  /** Tokens of a block, counted from the start of the answer; blocks are revealed left to right. null: all in one. */
  readonly block: Tokens | null;
  /** Tokens revealed a step, or the number of steps over which they are spread evenly, the remainder in the first ones. */
  readonly pace: { readonly perStep: Tokens } | { readonly steps: number };
}

/** `duel:best-of-8`: the order headroom, the most likely of so many orders drawn at random. It is no sampler's likelihood. null for other names. */
export function headroomOf(name: string): number | null {
  const [, orders] = /^duel:best-of-([1-9]\d{0,3})$/.exec(name) ?? [];
  return orders === undefined ? null : Number(orders);
}

const NAME = /^duel:([a-z-]+)(?::block=([1-9]\d*))?$/;

/** null for what is no such name. */
export function duelRuleOf(name: string): Omit<DuelRule, 'pace'> | null {
  const [, order, block] = NAME.exec(name) ?? [];
  if (order === undefined || !(DUEL_ORDERS as readonly string[]).includes(order)) return null;
  return { order: order as DuelOrder, block: block === undefined ? null : Number(block) };
}

/** What a net must say of its predictions for the likelihoods of these names. */
export function measuresOf(names: readonly string[]): readonly DuelMeasure[] {
  const orders = names.map((name) => duelRuleOf(name)?.order);
  return DUEL_MEASURES.filter((measure) => orders.includes(measure));
}

/**
 * The pace at which T steps are spread over an answer of so many tokens; in blocks, which end with a step of their own, as many tokens a
 * step as that takes.
 */
export const paceOver = (T: number, { block }: Omit<DuelRule, 'pace'>, length: Tokens): DuelRule['pace'] =>
  block === null ? { steps: T } : { perStep: Math.ceil(length / T) };

/** Steps of an answer of so many tokens, each one pass. */
export function duelSteps({ block, pace }: DuelRule, length: Tokens): number {
  if ('steps' in pace) return Math.min(length, pace.steps);
  const stepsOf = (tokens: Tokens): number => Math.ceil(tokens / pace.perStep);
  const own = Math.min(block ?? length, length);
  return Math.floor(length / own) * stepsOf(own) + stepsOf(length % own);
}
