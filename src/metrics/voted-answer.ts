/** What several written answers to one question are worth together: their majority, and whether any of them is right. */
import { groupBy } from '../core/collect.ts';

/** One text: the answer it gives, in a form in which equal answers are equal (null: none), and whether that is right. */
export interface Vote {
  readonly answer: string | null;
  readonly isRight: boolean;
}

/**
 * The answer that most texts give; of several the one that was given first. A text without an answer has no vote.
 *
 * @returns null where no text has an answer
 */
export function majorityOf(votes: readonly Vote[]): Vote | null {
  const cast = votes.filter(({ answer }) => answer !== null);
  const alike = [...groupBy(cast, ({ answer }) => answer).values()];
  return alike.reduce<Vote[]>((most, each) => (each.length > most.length ? each : most), [])[0] ?? null;
}

/** `majority@k` and `hit@k` of k ≥ 2 texts, 0 or 1; nothing for one text. */
export function votedValues(votes: readonly Vote[]): Readonly<Record<string, number>> {
  const k = votes.length;
  if (k < 2) return {};
  const hits = votes.some(({ isRight }) => isRight);
  return { [`majority@${k}`]: Number(majorityOf(votes)?.isRight === true), [`hit@${k}`]: Number(hits) };
}

/**
 * What guessing reaches: of one answer the task's chance c, of a majority c too (every option is as likely to win), of any of k guesses
 * 1 − (1 − c)^k.
 *
 * @param metric a name without T and view
 * @returns null where guessing is not a choice
 */
export function chanceOf(metric: string, chance: number | null): number | null {
  const k = /^hit@(\d+)$/.exec(metric)?.[1];
  return chance === null || k === undefined ? chance : 1 - (1 - chance) ** Number(k);
}
