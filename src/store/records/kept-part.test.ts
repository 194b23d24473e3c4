import { expect, it } from 'vitest';
import type { ItemRecord } from '../../core/record.ts';
import type { AlternativeScore } from '../../core/response.ts';
import { reportedPart } from './kept-part.ts';

const causal: AlternativeScore = {
  tokens: 2,
  crossing: true,
  quantities: { loglikelihood: { value: -3, stderr: 0 } },
  tokenLogprobs: [-1, -2],
  exact: true,
  greedy: null,
};
const diffusion: AlternativeScore = {
  tokens: 2,
  crossing: false,
  quantities: { nelbo: { value: 3, stderr: 0.1 } },
  maskedCrossEntropy: [1, 2],
  exact: false,
  greedy: false,
};
const rankings = { 'nelbo/sum': { best: 0, runnerUp: 1, margin: 1, stderr: 0.1 } };

const answered = (alternatives: readonly AlternativeScore[]): ItemRecord => ({
  id: 'task/0',
  index: 0,
  score: { kind: 'scored', values: { acc: 1 }, answer: 0, gold: 0, undecided: false },
  response: { kind: 'answered', views: { default: { alternatives, rankings } }, nfe: 2 },
});

it('lets numbers of tokens and scores of wrong answers go, and no other', () => {
  const { tokenLogprobs: _, ...slimCausal } = causal;
  const { maskedCrossEntropy: __, ...slimDiffusion } = diffusion;
  const wrong = { ...slimDiffusion, quantities: {} };
  expect(reportedPart(answered([causal, diffusion]))).toEqual(answered([slimCausal, wrong]));
  expect(reportedPart(answered([diffusion]))).toEqual(answered([slimDiffusion]));
});

it('keeps log-probabilities of the one answer, which stand beside the steps of a text', () => {
  expect(reportedPart(answered([causal]))).toEqual(answered([causal]));
});

it('keeps written texts and what was not answered', () => {
  const written = { steps: 2, draw: 0, text: 'x', tokens: 1, nfe: 2 };
  for (const response of [
    { kind: 'written', views: { default: [written] }, nfe: 2 },
    { kind: 'unanswered', code: 'empty-answer', reason: 'nothing' },
  ] as const) {
    expect(reportedPart({ ...answered([]), response })).toEqual({ ...answered([]), response });
  }
});
