/** Which `--passes` would give more answers their likelihood itself instead of a bound, where that costs little. */
import type { Tokens } from '../../core/units.ts';

export interface EnumerationAdvice {
  /** Answers scored, and those of which all masks were run. */
  readonly answers: number;
  readonly exact: number;
  /** So many passes an answer, and as many answers that would have all masks run. */
  readonly passes: number;
  readonly exactThen: number;
  /** Forward passes then, of those now; about, since answers share some. */
  readonly cost: number;
}

/** Times the passes of a run that its repetition may take. */
const CHEAP = 2;
/** 2^12 − 1 masks; longer answers are left to their bound. */
const LONGEST: Tokens = 12;

/**
 * The largest 2^L − 1 that is cheap; null where all masks of all answers were run, or none more are cheap.
 *
 * @param lengths of the scored answers, in tokens
 * @param passes  that an answer may take now
 */
export function enumerationAdvice(lengths: readonly Tokens[], passes: number): EnumerationAdvice | null {
  const masksOf = (length: Tokens) => 2 ** length - 1;
  const costOf = (most: number) => lengths.reduce((sum, length) => sum + Math.min(masksOf(length), most), 0);
  const exactBy = (most: number) => lengths.filter((length) => masksOf(length) <= most).length;
  const now = { exact: exactBy(passes), cost: costOf(passes) };
  const candidates = Array.from({ length: LONGEST }, (_, i) => masksOf(i + 1)).filter(
    (most) => most > passes && exactBy(most) > now.exact && costOf(most) <= CHEAP * now.cost,
  );
  // The fewest passes of those that make as many answers exact.
  const most = Math.max(0, ...candidates.map(exactBy));
  const best = candidates.find((each) => exactBy(each) === most);
  if (best === undefined) return null;
  return { answers: lengths.length, exact: now.exact, passes: best, exactThen: most, cost: costOf(best) / now.cost };
}

/** In a sentence. */
export function adviceText({ answers, exact, passes, exactThen, cost }: EnumerationAdvice): string {
  const count = (n: number) => n.toLocaleString('en');
  return `${count(exact)} of ${count(answers)} answers have their likelihood itself, the others a bound; --passes ${passes} gives it to ${count(exactThen)}, with about ${cost.toFixed(1)} times the passes`;
}
