import { HarnessError } from '../../core/errors.ts';
import type { Fraction, Tokens } from '../../core/units.ts';
import { epochOrder } from './epoch-order.ts';
import type { TokenFile } from './token-file.ts';
import type { RowSource } from './training-data.ts';
import { type TrainingRow, textRow } from './training-row.ts';

/**
 * Running text in blocks of `length` tokens; a remainder is dropped. The last blocks are held out.
 *
 * @param heldOutShare share of the blocks that is held out, at least one
 * @throws HarnessError 'bad-dataset' for a corpus of fewer than two blocks
 */
export function textSource(name: string, file: TokenFile, length: Tokens, heldOutShare: Fraction): RowSource {
  const blocks = Math.floor(file.tokens / length);
  if (blocks < 2) {
    const message = `${name}: expected at least ${2 * length} tokens, found ${file.tokens}`;
    throw new HarnessError('bad-dataset', message, { hint: 'take more text or a smaller --length' });
  }
  const heldOutRows = Math.min(blocks - 1, Math.max(1, Math.round(blocks * heldOutShare)));
  const trained = blocks - heldOutRows;
  const order = epochOrder(name, trained);
  const block = (index: number): TrainingRow => {
    const ids = new Int32Array(length);
    file.read(index * length, ids);
    return textRow(ids);
  };
  return {
    name,
    digest: file.digest,
    length,
    heldOutRows,
    training: (seed, counter) => block(order(seed, counter)),
    heldOut: (index) => block(trained + index),
  };
}
