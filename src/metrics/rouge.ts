/**
 * ROUGE-1, ROUGE-2 and ROUGE-L of a text against one reference: F-measures in 0..1, higher is better. Words are runs of a-z and 0-9 in
 * lower case, without stemming.
 *
 * @source Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries"; cut into words as in Google's `rouge_score`
 */

const rougeWords = (text: string): readonly string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

/** @returns `rouge1`, `rouge2`, `rougeL`; 0 where either text has no word, or no pair of words */
export function rougeScores(text: string, reference: string): Readonly<Record<'rouge1' | 'rouge2' | 'rougeL', number>> {
  const [written, wanted] = [rougeWords(text), rougeWords(reference)];
  return {
    rouge1: sharedGrams(written, wanted, 1),
    rouge2: sharedGrams(written, wanted, 2),
    rougeL: fMeasure(longestCommon(written, wanted), written.length, wanted.length),
  };
}

/** F-measure of n-grams; one counts as often as both have it. */
export function sharedGrams(written: readonly string[], wanted: readonly string[], n: number): number {
  const [a, b] = [gramCounts(written, n), gramCounts(wanted, n)];
  let shared = 0;
  for (const [gram, count] of a) shared += Math.min(count, b.get(gram) ?? 0);
  return fMeasure(shared, Math.max(0, written.length - n + 1), Math.max(0, wanted.length - n + 1));
}

/** How often each n-gram stands in a text. */
export function gramCounts(words: readonly (string | number)[], n: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + n <= words.length; at++) {
    const gram = words.slice(at, at + n).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** Length of the longest common subsequence. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let before = new Int32Array(b.length + 1);
  for (const word of a) {
    const row = new Int32Array(b.length + 1);
    b.forEach((other, j) => {
      const skipped = Math.max(before[j + 1] as number, row[j] as number);
      row[j + 1] = word === other ? (before[j] as number) + 1 : skipped;
    });
    before = row;
  }
  return before[b.length] as number;
}

/** 2PR / (P + R), of P = shared / written and R = shared / wanted. */
const fMeasure = (shared: number, written: number, wanted: number): number =>
  shared === 0 ? 0 : (2 * shared) / (written + wanted);
