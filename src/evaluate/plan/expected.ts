/** From what some items took to what others will: everything grows with the text of a question, so it is counted by its characters. */
import type { NetWork } from '../../core/model.ts';
import type { Family } from '../../core/names.ts';
import type { Example } from '../../core/question.ts';
import type { Bytes, Seconds } from '../../core/units.ts';

/** What some items took. */
export interface Tried {
  readonly items: number;
  /** Characters of their questions, `sizeOf`. */
  readonly size: number;
  readonly passes: number;
  readonly bytes: Bytes;
  readonly work: NetWork;
  readonly flopsPerSecond: number;
}

/** What a call of the network computed, and when it was done. */
export interface DoneWork {
  /** Seconds since the first call. */
  readonly at: Seconds;
  readonly flops: number;
}

/**
 * Operations a second while as much is in flight as in a run. What is under way when nothing more is begun counts for nothing or, as batches are less
 * and less full then, too little: the larger rate is nearer.
 *
 * @param done  in the order of time
 * @param until seconds after which nothing was begun
 */
export function rateOf(done: readonly DoneWork[], until: Seconds): number {
  const rate = (work: readonly DoneWork[]): number => {
    const seconds = work.at(-1)?.at ?? 0;
    return seconds <= 0 ? 0 : work.reduce((sum, { flops }) => sum + flops, 0) / seconds;
  };
  return Math.max(rate(done), rate(done.filter(({ at }) => at <= until)));
}

/** What items are expected to take. */
export interface Expected {
  readonly passes: number;
  readonly tokens: number;
  readonly flops: number;
  readonly bytes: Bytes;
}

/** Characters that a family reads of a question: those of every alternative of every view, each with all that stands before it. */
export function sizeOf({ question }: Pick<Example, 'question'>, family: Family): number {
  const pieces = question.views[family].flatMap(({ alternatives }) => alternatives.flat());
  return Math.max(
    1,
    pieces.reduce((sum, { text }) => sum + text.length, 0),
  );
}

/**
 * Ratio estimates: what was tried, times the characters of all over those that were tried.
 *
 * @param size characters of all items
 * @source Cochran 1977, *Sampling Techniques*, chapter 6
 */
export function expectedOf({ size: triedSize, passes, bytes, work }: Tried, size: number): Expected {
  const times = triedSize === 0 ? 0 : size / triedSize;
  return { passes: passes * times, tokens: work.tokens * times, flops: work.flops * times, bytes: bytes * times };
}

/** What a rate that was known before counts for beside what is measured. */
const KNOWN: Seconds = 5;

/**
 * Seconds until characters that are left are computed.
 *
 * @param done    characters computed in `elapsed`
 * @param known   seconds that a character took before, in runs alike; null where there were none
 * @returns null where nothing is known yet
 */
export function secondsLeft(left: number, done: number, elapsed: Seconds, known: Seconds | null): Seconds | null {
  if (known === null) return done <= 0 ? null : (left * elapsed) / done;
  return (left * (elapsed + KNOWN)) / (done + KNOWN / known);
}
