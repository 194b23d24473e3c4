import { describe, expect, it } from 'vitest';
import { type Question, scored, visible, withSpecialTokens } from '../core/question.ts';
import { bothFamilies, choose, joint, separate, write } from '../core/wording.ts';
import { ABOUT, canLoseOracle, inapplicable, questionWith, ruleWith, TOGGLES, type ToggleName } from './toggles.ts';

const canonical = choose(
  ['yes', 'no'],
  1,
  bothFamilies(joint(['yes', 'no'].map((a) => [visible('Q:'), scored(` ${a}`)]))),
);
const paper = choose(['yes', 'no'], 1, {
  autoregressive: [separate(['yes', 'no'].map((a) => [visible('Q: '), scored(a)]))],
  diffusion: [
    separate(['yes', 'no'].map((a) => [withSpecialTokens(visible('Q: ')), withSpecialTokens(scored(` ${a}`))])),
  ],
});
const HEADLINES = { canonical: 'sum', paper: 'mean' } as const;
const asked = (on: readonly ToggleName[]) =>
  questionWith('diffusion', canonical, paper, new Set(on)).views.diffusion[0];

describe('wording', () => {
  it('changes one thing at a time', () => {
    expect(asked([])).toEqual(canonical.views.diffusion[0]);
    expect(asked(['spacing'])).toMatchObject({
      tokenization: 'separate',
      bos: 'once',
      alternatives: [
        [visible('Q: '), scored(' yes')],
        [visible('Q: '), scored(' no')],
      ],
    });
    expect(asked(['bos'])).toMatchObject({
      tokenization: 'joint',
      bos: 'as-pieces',
      alternatives: [
        [withSpecialTokens(visible('Q:')), withSpecialTokens(scored(' yes'))],
        [withSpecialTokens(visible('Q:')), withSpecialTokens(scored(' no'))],
      ],
    });
  });

  it('is that of paper with both', () => {
    expect(asked(['bos', 'spacing'])).toEqual(paper.views.diffusion[0]);
  });
});

describe('ranking', () => {
  it.each<[ToggleName, object]>([
    ['normalisation', { per: 'token' }],
    ['weighting', { weights: 'unweighted' }],
    ['empty-steps', { emptyStepsCount: true }],
    ['bfloat16', { bfloat16: true }],
  ])('%s changes one member of the rule', (toggle, changed) => {
    const none = ruleWith('diffusion', HEADLINES, 8, new Set());
    expect(ruleWith('diffusion', HEADLINES, 8, new Set([toggle]))).toEqual({ ...none, ...changed });
  });

  it('says what does not apply', () => {
    const reason = (
      toggle: ToggleName,
      family: 'autoregressive' | 'diffusion',
      headlines: Parameters<typeof ruleWith>[1],
    ) => inapplicable(toggle, family, canonical, paper, headlines);
    expect(reason('normalisation', 'autoregressive', HEADLINES)).toBeNull();
    expect(reason('normalisation', 'autoregressive', { canonical: 'sum', paper: 'sum' })).toContain('sum');
    expect(reason('empty-steps', 'autoregressive', HEADLINES)).toContain('mask nothing');
    expect(reason('bfloat16', 'diffusion', HEADLINES)).toContain('autoregressive models only');
    expect(reason('leaked-steps', 'diffusion', HEADLINES)).toBeNull();
  });
});

describe('writing', () => {
  const views = bothFamilies(joint([[visible('a'), scored(' b')]]));
  const ours = write('b', views, {
    length: 'gold',
    steps: 'as-set',
    form: 'canonical',
    temperature: 'argmax',
    stops: [],
  });
  const theirs = write('b', views, { ...ours.writing, steps: 'one-a-token', form: 'paper', temperature: 1 });
  const writing = (on: readonly ToggleName[]) => questionWith('diffusion', ours, theirs, new Set(on));

  it.each<[ToggleName, object]>([
    ['sampling', { temperature: 1 }],
    ['steps', { steps: 'one-a-token' }],
    ['sampler', { form: 'paper' }],
    ['oracle-length', {}],
  ])('%s takes its members from paper', (toggle, changed) => {
    expect(writing([toggle])).toMatchObject({ writing: { ...ours.writing, ...changed } });
  });

  it('is that of paper with all, and greedy where nothing is drawn', () => {
    expect(writing(['sampling', 'steps', 'sampler', 'oracle-length'])).toEqual(theirs);
    expect(inapplicable('sampling', 'autoregressive', ours, theirs, HEADLINES)).toContain('greedy');
    expect(inapplicable('oracle-length', 'diffusion', ours, theirs, HEADLINES)).toContain('an oracle');
    expect(canLoseOracle('diffusion', ours, theirs)).toBe(false);
  });

  it('loses the oracle where the task has a view without', () => {
    const free = { ...joint([[visible('a'), scored(' b')]], 'free'), writing: { length: 8 } };
    const question: Question = { ...ours, views: { ...views, diffusion: [...views.diffusion, free] } };
    expect(canLoseOracle('diffusion', question, theirs)).toBe(true);
    const without = questionWith('diffusion', question, theirs, new Set<ToggleName>(['no-oracle']));
    expect(without).toMatchObject({ writing: { length: 8 }, views: { diffusion: [{ name: 'free' }] } });
  });
});

it('names a quirk and says it in one sentence for every toggle', () => {
  for (const toggle of TOGGLES) expect(ABOUT[toggle].about).toMatch(/^[A-Z].*[.)]$/);
});
