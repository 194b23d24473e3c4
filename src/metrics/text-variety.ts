/** How varied a written text is, from its tokens alone. */
import { gramCounts } from './rouge.ts';

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
  let sum = 0;
  for (const count of gramCounts(Array.from(tokens), 1).values()) sum += count * Math.log(count);
  return Math.log(tokens.length) - sum / tokens.length;
}

const distinctShare = (tokens: ArrayLike<number>, n: number): number =>
  gramCounts(Array.from(tokens), n).size / (tokens.length - n + 1);
