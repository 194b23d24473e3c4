import type { Gpt2Architecture } from './checkpoint.ts';

/** What is chosen of a GPT-2 of one's own; the rest is as published. */
export interface Gpt2Shape {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Tokens it reads: rows of the position table. */
  readonly context: number;
}

/** The GPT-2 of a shape, with an embedding of `rows` that is its head too. */
export function gpt2OfShape({ layers, width, heads, context }: Gpt2Shape, rows: number): Gpt2Architecture {
  return {
    kind: 'gpt2',
    layers,
    width,
    heads,
    innerWidth: 4 * width,
    contextLength: context,
    layerNormEpsilon: 1e-5,
    vocabularyRows: rows,
    tiedHead: true,
  };
}
