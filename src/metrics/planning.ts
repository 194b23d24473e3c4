/**
 * How a text came about under a denoising sampler, read from its steps: in which order, what was thought better of, and when the answer
 * stood. A draft is the text that a step has before it: tokens that are revealed, and what is proposed for the others.
 */
import type { TextTrace } from '../core/trace.ts';
import { spearman } from '../stats/spearman.ts';
import { calculationSteps, stepVerdict } from './calculation-steps.ts';
import { finalAnswer } from './gsm8k-answer.ts';

export const PLANNING = ['changed', 'order', 'decided', 'repaired'] as const;
/**
 * `changed`: share of positions whose token is not the one that was proposed first; `order`: rank correlation of place and step, 1 = left
 * to right; `decided`: share of the steps after which the final answer (what follows `####`, else the whole text) no longer changes;
 * `repaired`: of the calculations `<<a*b=c>>` that some draft had wrong, the share that is right in the end.
 */
export type PlanningName = (typeof PLANNING)[number];

/** null where there is nothing to say: one position, one step, no wrong calculation, or proposals that were not read. */
export type Planning = Readonly<Record<PlanningName, number | null>>;

/** @param tokens of the text before the one that ended it */
export function planningOf(
  { maskable, path, pieces }: Pick<TextTrace, 'maskable' | 'path' | 'pieces'>,
  tokens: number,
): Planning {
  const drafts = draftsOf(maskable, path);
  const final = drafts.at(-1);
  if (final === undefined) return { changed: null, order: null, decided: null, repaired: null };
  const end = final[tokens];
  const texts = drafts.map((draft) => (draft.includes(undefined) ? null : textOf(draft, end, pieces)));
  const whole = texts.filter((text) => text !== null);
  const isRead = whole.length === texts.length && whole.length > 1;
  return {
    changed: isRead ? share(final.slice(0, tokens), (token, place) => token !== drafts[0]?.[place]) : null,
    order: orderCorrelation({ path, maskable: maskable.slice(0, tokens) }),
    decided: isRead ? decidedAt(whole.map(finalAnswer)) : null,
    repaired: isRead ? repairedOf(whole) : null,
  };
}

type Draft = readonly (number | undefined)[];

/** The tokens of each step, by place. Positions for which nothing was proposed yet are undefined. */
function draftsOf(maskable: readonly number[], path: TextTrace['path']): readonly Draft[] {
  const placeOf = new Map(maskable.map((position, place) => [position, place]));
  const draft = new Array<number | undefined>(maskable.length).fill(undefined);
  const isRevealed = new Array<boolean>(maskable.length).fill(false);
  return path.map(({ positions, tokens, revealed }) => {
    positions.forEach((position, i) => {
      const place = placeOf.get(position) as number;
      if (isRevealed[place] !== true) draft[place] = tokens[i];
    });
    for (const position of revealed) isRevealed[placeOf.get(position) as number] = true;
    return [...draft];
  });
}

function textOf(draft: Draft, end: number | undefined, pieces: TextTrace['pieces']): string {
  const at = end === undefined ? -1 : draft.indexOf(end);
  return (at < 0 ? draft : draft.slice(0, at)).map((token) => pieces[String(token)] ?? '').join('');
}

/**
 * Spearman's rank correlation of the step that reveals a position with the position: 1 = left to right, −1 = right to left.
 * Positions of one step tie.
 */
export function orderCorrelation({ path, maskable }: Pick<TextTrace, 'path' | 'maskable'>): number | null {
  const steps = new Map(path.flatMap(({ revealed }, step) => revealed.map((position) => [position, step] as const)));
  const written = maskable.filter((position) => steps.has(position));
  const revealed = written.map((position) => steps.get(position) as number);
  return spearman(revealed, written);
}

/** Steps before the one from which on all are equal to the last, as a share of all. */
function decidedAt(answers: readonly string[]): number {
  const last = answers.at(-1);
  return (answers.findLastIndex((answer) => answer !== last) + 1) / answers.length;
}

/** Two arithmetic sides, of which the right one is a number. */
const EQUATION = /^[\d\s.,+\-*/()]*\d[\d\s.,+\-*/()]*=\s*-?[\d.,]+\s*$/;

function repairedOf(texts: readonly string[]): number | null {
  const drafts = texts.map(calculationSteps);
  const final = drafts.at(-1) ?? [];
  const isWrong = (step: string | undefined) =>
    step !== undefined && EQUATION.test(step) && stepVerdict(step) === 'wrong';
  const doubted = final.filter((_, at) => drafts.some((steps) => isWrong(steps[at])));
  return doubted.length === 0 ? null : share(doubted, (step) => stepVerdict(step) !== 'wrong');
}

const share = <Item>(items: readonly Item[], holds: (item: Item, at: number) => boolean): number | null =>
  items.length === 0 ? null : items.filter(holds).length / items.length;
