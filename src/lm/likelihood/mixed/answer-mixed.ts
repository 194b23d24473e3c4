/**
 * Choices left to right, most of them in fewer bits: an item is answered again in float32 where its lead is within the error's reach under
 * any ranking, and where it is held out. Whether it is depends on the item alone.
 */
import { HarnessError } from '../../../core/errors.ts';
import type { PrecisionSettings } from '../../../core/model.ts';
import type { Response } from '../../../core/response.ts';
import { inGroups } from '../../in-groups.ts';
import type { LoweredAsk } from '../../lowering/lowered-ask.ts';
import { isHeldOut } from './error-model.ts';
import { contestsOf, decidesOtherwise, leadErrors, leastLead } from './leads.ts';

export type AnswerLowered = (asks: readonly LoweredAsk[]) => Promise<readonly Response[]>;

/** An item in both. */
export interface AnsweredTwice {
  /** Of the question. */
  readonly key: string;
  /** Of its leads, in nats over the roots that `leads.ts` gives them. */
  readonly errors: readonly number[];
  readonly decidesOtherwise: boolean;
}

/** Fewer bits moved a lead further than the run's error model allows: what they decided may be wrong. */
export class BeyondReach extends HarnessError {}

/**
 * Answers in order; what is no choice is answered in float32.
 *
 * @throws BeyondReach where an item that is answered twice shows an error that no item should have
 */
export function answerMixed(
  asks: readonly LoweredAsk[],
  { cheap: dtype, share, error = 0, reach = 0 }: PrecisionSettings,
  cheap: AnswerLowered,
  exact: AnswerLowered,
): Promise<readonly Response[]> {
  const isChoice = ({ ask }: LoweredAsk): boolean => ask.question.kind === 'choose';
  return inGroups(asks, isChoice, async (group, chosen) => {
    if (!chosen) return (await exact(group)).map((response) => computedIn('float32', response));
    const found = await cheap(group);
    const contests = found.map((response, i) => contestsOf((group[i] as LoweredAsk).ask.question.answers, response));
    const again = [...group.keys()].filter(
      (i) => isHeldOut((group[i] as LoweredAsk).ask.key, share) || leastLead(contests[i] ?? []) <= error * reach,
    );
    const inFloat32 = await exact(again.map((i) => group[i] as LoweredAsk));
    const answers = found.map((response) => computedIn(dtype, response));
    again.forEach((i, at) => {
      const { ask } = group[i] as LoweredAsk;
      const response = inFloat32[at] as Response;
      const errors = leadErrors(contests[i] ?? [], contestsOf(ask.question.answers, response));
      if (errors.some((each) => Math.abs(each) > error * reach)) throw beyondReach(dtype, ask.key);
      answers[i] = computedIn('float32', response, found[i]);
    });
    return answers;
  });
}

export const beyondReach = (dtype: string, key: string): BeyondReach =>
  new BeyondReach('not-supported', `--precision mixed: ${dtype} moved ${key} further than the held-out items allow`, {
    hint: 'leave --precision out',
  });

/** Items in both, for the error model. */
export async function answerTwice(
  asks: readonly LoweredAsk[],
  cheap: AnswerLowered,
  exact: AnswerLowered,
): Promise<readonly AnsweredTwice[]> {
  const [inFewerBits, inFloat32] = [await cheap(asks), await exact(asks)];
  return asks.map(({ ask: { key, question } }, i) => {
    const [a, b] = [inFewerBits, inFloat32].map((all) => contestsOf(question.answers, all[i] as Response));
    return { key, errors: leadErrors(a ?? [], b ?? []), decidesOtherwise: decidesOtherwise(a ?? [], b ?? []) };
  });
}

/** What its values are computed in, and what it took where it was answered before. */
export function computedIn(precision: string, response: Response, before?: Response): Response {
  if (response.kind !== 'answered') return response;
  const views = Object.entries(response.views).map(([name, view]) => [
    name,
    { ...view, alternatives: view.alternatives.map((each) => ({ ...each, precision })) },
  ]);
  const earlier = before?.kind === 'answered' ? before.nfe : 0;
  return { ...response, views: Object.fromEntries(views), nfe: response.nfe + earlier };
}
