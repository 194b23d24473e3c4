import { describe, expect, it } from 'vitest';
import { sftTrainingRow } from './training-row.ts';

const [BOS, SEP, EOS, PAD] = [91, 92, 93, 94];
const SFT = { bosId: BOS, sepId: SEP, eosId: EOS, padId: PAD, splitDigits: false, hiddenIds: [] };
const BARE = { ...SFT, bosId: null, sepId: null, padId: null };

describe('fine-tuning rows (T27)', () => {
  it('of diffusion learn answer, EOS and padding', () => {
    const { ids, learnt } = sftTrainingRow([1, 2, 3], [4, 5], SFT, 10, 'diffusion');
    expect([...ids]).toEqual([BOS, 1, 2, 3, SEP, 4, 5, EOS, PAD, PAD]);
    expect([...learnt]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  it('of autoregressive models learn answer and EOS, without BOS and separator', () => {
    const { ids, learnt } = sftTrainingRow([1, 2, 3], [4, 5], BARE, 10, 'autoregressive');
    expect([...ids]).toEqual([1, 2, 3, 4, 5, EOS, EOS, EOS, EOS, EOS]);
    expect([...learnt]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0]);
  });

  it('are cut at the start of the source, then not at all while the target fits', () => {
    const { ids, learnt } = sftTrainingRow([1, 2, 3, 4, 5], [6, 7], SFT, 7, 'diffusion');
    expect([...ids]).toEqual([BOS, 4, 5, SEP, 6, 7, EOS]);
    expect([...learnt]).toEqual([0, 0, 0, 0, 1, 1, 1]);
  });

  it('keep EOS when the target fills them', () => {
    const { ids } = sftTrainingRow([1, 2], [3, 4, 5, 6, 7], SFT, 6, 'diffusion');
    expect([...ids]).toEqual([BOS, SEP, 3, 4, 5, EOS]);
  });
});
