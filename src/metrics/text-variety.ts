/** How varied a written text is, from its tokens alone. */

export interface TextVariety {
  /** Entropy of the text's own distribution of tokens, nats; higher is more varied. */
  readonly entropy: number;
  /** Different n-grams among all n-grams of the text, in 0..1; higher is more varied. */
  readonly distinct1: number;
  readonly distinct2: number;
  readonly distinct3: number;
  /** Share of 4-grams that stood in the text before, in 0..1; lower is more varied. */
  readonly repeated4: number;
}

/** @throws RangeError on fewer than four tokens, which have no 4-gram */
export function textVariety(tokens: ArrayLike<number>): TextVariety {
  if (tokens.length < 4) throw new RangeError(`textVariety: expected four tokens or more, found ${tokens.length}`);
  return {
    entropy: unigramEntropy(tokens),
    distinct1: distinctShare(tokens, 1),
    distinct2: distinctShare(tokens, 2),
    distinct3: distinctShare(tokens, 3),
    repeated4: 1 - distinctShare(tokens, 4),
  };
}

/** −Σ p log p over the tokens that occur, p = count / length. */
function unigramEntropy(tokens: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (const token of Array.from(tokens)) counts.set(token, (counts.get(token) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum += count * Math.log(count);
  return Math.log(tokens.length) - sum / tokens.length;
}

function distinctShare(tokens: ArrayLike<number>, n: number): number {
  const grams = new Set<string>();
  const all = Array.from(tokens);
  const count = all.length - n + 1;
  for (let at = 0; at < count; at++) grams.add(all.slice(at, at + n).join());
  return grams.size / count;
}
