/**
 * Cutting a text at the matches of a pattern, and what becomes of the matches.
 *
 * @source huggingface/tokenizers (Rust), `tokenizer/normalizer.rs` (`split`)
 */

export const SPLIT_BEHAVIORS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const;
export type SplitBehavior = (typeof SPLIT_BEHAVIORS)[number];

/** A stretch of a text. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

interface Found extends Stretch {
  readonly matches: boolean;
}

/**
 * @param pattern a global regular expression
 * @param inverts the text between the matches is what was looked for
 * @returns       the stretches that stay, in order; without gaps unless the behavior is `Removed`
 */
export function splitAt(text: string, pattern: RegExp, behavior: SplitBehavior, inverts: boolean): readonly Stretch[] {
  const found = inOrder(text, pattern).map((stretch) => ({ ...stretch, matches: stretch.matches !== inverts }));
  const stretches = behavior === 'Removed' ? found.filter(({ matches }) => !matches) : merged(found, behavior);
  return stretches.filter(({ from, to }) => from < to);
}

function inOrder(text: string, pattern: RegExp): readonly Found[] {
  const found: Found[] = [];
  let done = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    if (done < index) found.push({ from: done, to: index, matches: false });
    done = index + match.length;
    found.push({ from: index, to: done, matches: true });
  }
  if (done < text.length) found.push({ from: done, to: text.length, matches: false });
  return found;
}

function merged(found: readonly Found[], behavior: SplitBehavior): readonly Stretch[] {
  if (behavior === 'Isolated') return found;
  if (behavior === 'MergedWithNext') return mergedWithNext(found);
  const joins =
    behavior === 'Contiguous'
      ? (one: Found, before: boolean) => one.matches === before
      : (one: Found, before: boolean) => one.matches && !before;
  const stretches: Stretch[] = [];
  let before = false;
  for (const one of found) {
    const last = joins(one, before) ? stretches.pop() : undefined;
    stretches.push({ from: last?.from ?? one.from, to: one.to });
    before = one.matches;
  }
  return stretches;
}

function mergedWithNext(found: readonly Found[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let after = false;
  for (const one of found.toReversed()) {
    const next = one.matches && !after ? stretches.pop() : undefined;
    stretches.push({ from: one.from, to: next?.to ?? one.to });
    after = one.matches;
  }
  return stretches.reverse();
}
