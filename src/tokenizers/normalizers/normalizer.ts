import { type Alignment, alignEdits } from '../alignment.ts';
import type { Rewrite } from './rewrite.ts';

export interface Normalizer {
  readonly normalize: (text: string) => string;
  /** Where the code units of the normalized text come from; null where it is the text. */
  readonly align: (text: string) => Alignment | null;
}

/** One rewriting after the other. */
export const inTurn = (rewrites: readonly Rewrite[]): Normalizer => ({
  normalize: (text) => rewrites.reduce((current, { apply }) => apply(current), text),
  align(text) {
    let current = text;
    let alignment: Alignment | null = null;
    for (const { apply, edits } of rewrites) {
      const changes = edits(current);
      if (changes.length === 0) continue;
      alignment = alignEdits(current, changes, alignment);
      current = apply(current);
    }
    return alignment;
  },
});
