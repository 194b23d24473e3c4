/**
 * What the network computes for sequences: the multiplications and additions of its matrix products. For a token, two for each
 * value of the matrices between embedding and output matrix and, in each layer, 4 · heads · head width for every token that it
 * is compared with, closed entries included (queries with keys, weights with values); for a row that is read, two for each value of the
 * output matrix. Norms, activations, softmax and padding are not counted.
 *
 * @source Kaplan et al. 2020 (arXiv 2001.08361), table 1, with both products of the attention and the readout of read rows only
 */
import type { Architecture } from '../../architectures/architecture.ts';
import { kindOf } from '../../architectures/index.ts';
import { type AnswerWatch, addWork, type NetWork, NO_WORK } from '../../core/model.ts';
import type { Tokens } from '../../core/units.ts';
import type { Forward, Sequence } from './sequence.ts';

/** One pass: `tokens` go through the network, each compared with `compared`; rows are read out `reads` times. */
export interface NetPass {
  readonly tokens: Tokens;
  readonly compared: Tokens;
  readonly reads: number;
}

export type WorkOf = (pass: NetPass) => NetWork;

export function workCounter(net: Architecture): WorkOf {
  const kind = kindOf(net);
  const { heads, headWidth } = kind.heads(net);
  const matrices = kind.body(net, net.vocabularyRows).filter(({ role }) => role === 'linear' || role === 'residual');
  const values = matrices.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  return ({ tokens, compared, reads }) => ({
    tokens,
    flops:
      2 * values * tokens +
      4 * net.layers * heads * headWidth * tokens * compared +
      2 * net.width * net.vocabularyRows * reads,
  });
}

/** The same forward; each call is counted. */
export function countedForward(forward: Forward, workOf: WorkOf, { onWork }: AnswerWatch): Forward {
  if (onWork === undefined) return forward;
  return async (sequences) => {
    const answers = await forward(sequences);
    onWork(sequences.map((each) => workOf(passOf(each))).reduce(addWork, NO_WORK), null);
    return answers;
  };
}

const passOf = ({ ids, reads }: Sequence): NetPass => ({
  tokens: ids.length,
  compared: ids.length,
  reads: new Set(reads.map(({ row }) => row)).size,
});
