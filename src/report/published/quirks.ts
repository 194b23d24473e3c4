/**
 * How the published procedure differs from what it stands for, where that can move a published number. Numbers as in the
 * project's quirk register; quirks of training and of code paths that gave no published number are not here.
 */
import type { Family } from '../../core/question.ts';

export interface Quirk {
  readonly id: string;
  readonly text: string;
  readonly tasks: readonly string[];
  readonly families: readonly Family[];
  /** `--protocol paper` does as the published scripts did, so that the quirk explains no difference under it. */
  readonly isEmulated: boolean;
  /** Only models of this architecture have it; null = all. */
  readonly architecture: string | null;
  /** Only values of this published table are touched; null = all. */
  readonly table: string | null;
}

const CHOICES = ['hellaswag', 'winogrande', 'siqa', 'piqa'];
const LAMBADA = ['lambada', 'lambada-decoding'];
const DIFFUSION: readonly Family[] = ['diffusion'];
const CAUSAL: readonly Family[] = ['autoregressive'];
const BOTH: readonly Family[] = ['autoregressive', 'diffusion'];
const LLAMA = { architecture: 'llama' } as const;
const GPT2 = { architecture: 'gpt2' } as const;

const quirk = (
  id: string,
  text: string,
  tasks: readonly string[],
  families: readonly Family[],
  special: Partial<Pick<Quirk, 'isEmulated' | 'architecture' | 'table'>> = {},
): Quirk => ({ id, text, tasks, families, isEmulated: true, architecture: null, table: null, ...special });

export const QUIRKS: readonly Quirk[] = [
  quirk('Q1', 'choices are ranked by an unweighted mean over steps, not by the ELBO', CHOICES, DIFFUSION),
  quirk('Q2', 'a step that masks nothing counts as 0, which favours short answers', CHOICES, DIFFUSION),
  quirk('Q3', 'fresh masks for each choice, without a seed', CHOICES, DIFFUSION),
  quirk('Q7', 'hits were counted twice before 2025-05-31', LAMBADA, DIFFUSION, {
    isEmulated: false,
    table: 'table-1-v1',
  }),
  quirk('Q8', 'diffusion answers are sampled at temperature 1, autoregressive ones are greedy', LAMBADA, DIFFUSION),
  quirk(
    'Q10',
    'a second BOS inside the sequence is masked and scored (LLaMA tokenizers)',
    ['hellaswag', 'piqa'],
    DIFFUSION,
    LLAMA,
  ),
  quirk('Q11', 'no BOS for LLaMA 2', CHOICES, CAUSAL, LLAMA),
  quirk('Q12', 'sum of log-probabilities instead of their mean', ['piqa', 'siqa'], CAUSAL),
  quirk('Q13', 'pieces are tokenised apart; blanks are missing or doubled', CHOICES, BOTH),
  quirk('Q14', 'log-probabilities of GPT-2 were computed in bfloat16', CHOICES, CAUSAL, { ...GPT2, isEmulated: false }),
  quirk(
    'Q15',
    'the gold length is known; autoregressive models get its characters as tokens',
    ['humaneval-infill', 'rocstories'],
    BOTH,
  ),
  quirk('Q16', 'items of more than 1000 tokens were skipped', ['humaneval-infill'], DIFFUSION),
  quirk(
    'Q17',
    'the middle is decoded alone and loses a blank (LLaMA tokenizers)',
    ['humaneval-infill'],
    DIFFUSION,
    LLAMA,
  ),
  quirk('Q18', 'decoding cleans up blanks and so edits code (GPT-2 tokenizer)', ['humaneval-infill'], BOTH, GPT2),
  quirk('Q19', 'the script for diffusion models reads SQuAD, with a misspelt prompt', ['triviaqa'], DIFFUSION, {
    isEmulated: false,
  }),
  quirk(
    'Q21',
    'revealed positions keep their slots in the ranking by confidence',
    ['humaneval-infill', 'gsm8k', 'rocstories', 'triviaqa'],
    DIFFUSION,
  ),
  quirk('Q24', 'decoded text is not cut at EOS, and answers are compared as text', ['gsm8k'], BOTH),
];
