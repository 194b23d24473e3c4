/** One sequence to learn from: tokens, and which of them are to be learnt. */
import type { Family } from '../../core/question.ts';
import type { SftRow } from '../../core/sft-row.ts';
import type { Tokens } from '../../core/units.ts';

export interface TrainingRow {
  /** `[L]`. */
  readonly ids: Int32Array;
  /** `[L]`, 1 = learnt: may be masked (diffusion), is predicted (autoregressive). The rest is only read. */
  readonly learnt: Uint8Array;
}

/** A row of running text, every token of which is learnt. */
export const textRow = (ids: Int32Array): TrainingRow => ({ ids, learnt: new Uint8Array(ids.length).fill(1) });

/**
 * `[BOS] source [SEP] target EOS PAD*` of exactly `length` tokens. Diffusion models learn target, EOS and all padding: that is
 * how they learn where to stop. Autoregressive ones learn target and EOS. What is too long is cut: the target at its end to
 * the row, then the source at its start to what is left. (The published code keeps the whole source where nothing is left,
 * and so loses the target and EOS; here the source goes.)
 *
 * @source `processors/supervised` of HKUNLP/DiffuLLaMA at c17e897, stages "ddm-sft" and "sft"
 */
export function sftTrainingRow(
  source: readonly number[],
  target: readonly number[],
  { bosId, sepId, eosId, padId }: SftRow,
  length: Tokens,
  family: Family,
): TrainingRow {
  const start = bosId === null ? [] : [bosId];
  const middle = sepId === null ? [] : [sepId];
  const room = Math.max(0, length - start.length - middle.length - 1);
  const keptTarget = target.slice(0, room);
  const keptSource = source.slice(source.length - Math.min(source.length, room - keptTarget.length));
  const read = [...start, ...keptSource, ...middle];
  const written = [...keptTarget, eosId];
  const ids = new Int32Array(length).fill(padId ?? eosId);
  ids.set([...read, ...written].slice(0, length));
  const learnt = new Uint8Array(length);
  learnt.fill(1, read.length, family === 'diffusion' ? length : read.length + written.length);
  return { ids, learnt };
}
