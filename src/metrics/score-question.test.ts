import { describe, expect, it } from 'vitest';
import { type Question, scored, visible } from '../core/question.ts';
import type { AlternativeScore, Quantity, Ranking, RankingName, Response, ViewResponse } from '../core/response.ts';
import type { ScoreContext } from '../core/score.ts';
import { bothFamilies, choose, continuation, fill, joint } from '../core/wording.ts';
import { metricSpec } from './metric-spec.ts';
import { scoreQuestion } from './score-question.ts';

const answers = ['yes', 'perhaps'];
const alternatives = answers.map((answer) => continuation('Is it?', ` ${answer}`));
const question: Question = choose(answers, 1, bothFamilies(joint(alternatives)));

const ranked = (best: number, margin = 1, stderr = 0): Ranking => ({ best, runnerUp: 1 - best, margin, stderr });

function alternative(quantities: Partial<Record<Quantity, number>>, greedy: boolean | null = null): AlternativeScore {
  const entries = Object.entries(quantities).map(([name, value]) => [name, { value, stderr: 0 }]);
  return { tokens: 2, crossing: false, quantities: Object.fromEntries(entries), exact: true, greedy };
}

function answered(rankings: Partial<Record<RankingName, Ranking>>, views: Record<string, ViewResponse> = {}): Response {
  return { kind: 'answered', views: { default: { alternatives: [], rankings }, ...views }, nfe: 2 };
}

const ar: ScoreContext = { family: 'autoregressive', protocol: 'canonical', headline: 'mean' };
const diffusion: ScoreContext = { family: 'diffusion', protocol: 'canonical', headline: 'sum' };

describe('choose', () => {
  // T22: log-probabilities A {-1, -1, -1}, B {-1.4, -1.4}: mean picks A, sum picks B.
  it('takes `acc` from the headline normalisation and reports the others beside it', () => {
    const response = answered({ 'loglikelihood/mean': ranked(0), 'loglikelihood/sum': ranked(1) });
    expect(scoreQuestion(question, response, ar)).toEqual({
      kind: 'scored',
      values: { acc: 0, accMean: 0, accSum: 1 },
      answer: 0,
      gold: 1,
      undecided: false,
    });
    expect(scoreQuestion(question, response, { ...ar, headline: 'sum' })).toMatchObject({
      values: { acc: 1 },
      answer: 1,
    });
  });

  it('ranks diffusion by NELBO in canonical, by the published score of the largest T in paper, per token in paper-text', () => {
    const response = answered({
      'nelbo/sum': ranked(1),
      'nelbo/mean': ranked(0),
      'official@8/sum': ranked(1),
      'official@32/sum': ranked(0),
      'nelbo@8/mean': ranked(0),
      'nelbo@32/mean': ranked(1),
    });
    const values = (protocol: ScoreContext['protocol']) => {
      const score = scoreQuestion(question, response, { ...diffusion, protocol });
      return score.kind === 'scored' ? score.values : score;
    };
    expect(values('canonical')).toEqual({
      acc: 1,
      accSum: 1,
      accMean: 0,
      'accOfficial@8': 1,
      'accOfficial@32': 0,
      'accNelbo@8': 0,
      'accNelbo@32': 1,
    });
    expect(values('lm-eval')).toMatchObject({ acc: 1 });
    expect(values('paper')).toMatchObject({ acc: 0 });
    expect(values('paper-text')).toMatchObject({ acc: 1 });
  });

  it('ranks by the likelihood itself beside its bounds where every alternative has it, normalised as the headline', () => {
    const rankings = {
      ...{ 'nelbo/sum': ranked(0), 'marginal/sum': ranked(1), 'marginal/mean': ranked(0) },
      ...{ 'nelbo@8/mean': ranked(0), 'likelihood@8/mean': ranked(1) },
    };
    const known = [alternative({ nelbo: 4, marginal: 3.5 }), alternative({ nelbo: 5, marginal: 3.25 })];
    const response = answered(rankings, { default: { alternatives: known, rankings } });
    expect(scoreQuestion(question, response, diffusion)).toMatchObject({
      values: { acc: 0, accExact: 1, 'accNelbo@8': 0, 'accLikelihood@8': 1, slack: 1.75 },
      answer: 0,
    });
    const bounds = answered({ 'nelbo/sum': ranked(0) });
    expect(scoreQuestion(question, bounds, diffusion)).toMatchObject({ values: { acc: 0, accSum: 0 } });
  });

  it('calls a choice undecided below two standard errors, never when the values are exact', () => {
    const undecided = (margin: number, stderr: number) => {
      const score = scoreQuestion(question, answered({ 'nelbo/sum': ranked(1, margin, stderr) }), diffusion);
      return score.kind === 'scored' && score.undecided;
    };
    expect(undecided(0.19, 0.1)).toBe(true);
    expect(undecided(0.2, 0.1)).toBe(false);
    expect(undecided(0, 0)).toBe(false);
  });

  it('names the metrics of a second view after it, and leaves per-length ones out where other text is scored', () => {
    const pieces = answers.map((answer) => [visible('So'), scored(` ${answer}`), visible('.')]);
    const rest = answers.map((answer) => [visible(`So ${answer}`), scored('.')]);
    const twoViews = choose(answers, 1, bothFamilies(joint(rest), joint(pieces, 'option-only')));
    const rankings = { 'nelbo/sum': ranked(0), 'nelbo/byte': ranked(0), 'nelbo@4/mean': ranked(1) };
    const response = answered(rankings, { 'option-only': { alternatives: [], rankings } });
    expect(scoreQuestion(twoViews, response, diffusion)).toMatchObject({
      values: {
        acc: 0,
        accSum: 0,
        'accNelbo@4': 1,
        'acc@option-only': 0,
        'accSum@option-only': 0,
        'accByte@option-only': 0,
        'accNelbo@4@option-only': 1,
      },
    });
    const score = scoreQuestion(twoViews, response, diffusion);
    expect(score.kind === 'scored' && Object.hasOwn(score.values, 'accByte')).toBe(false);
  });

  it('compares with the unconditional view: 3 − 4 nats of gain lose against 5 − 7', () => {
    const prior: ViewResponse = {
      alternatives: [alternative({ loglikelihood: -4 }), alternative({ loglikelihood: -7 })],
      rankings: {},
    };
    const views = bothFamilies(joint(alternatives), joint(alternatives, 'unconditional'));
    const response: Response = {
      kind: 'answered',
      nfe: 4,
      views: {
        default: {
          alternatives: [alternative({ loglikelihood: -3 }), alternative({ loglikelihood: -5 })],
          rankings: { 'loglikelihood/mean': ranked(0) },
        },
        unconditional: prior,
      },
    };
    expect(scoreQuestion(choose(answers, 1, views), response, ar)).toMatchObject({ values: { acc: 0, accPmi: 1 } });
  });

  it('leaves a question unscored without an answer or without the headline ranking', () => {
    const unanswered: Response = { kind: 'unanswered', code: 'context-overflow', reason: '2000 tokens' };
    expect(scoreQuestion(question, unanswered, ar)).toEqual({
      kind: 'unscored',
      code: 'context-overflow',
      reason: '2000 tokens',
    });
    expect(scoreQuestion(question, answered({}), ar)).toMatchObject({ kind: 'unscored', code: 'bad-request' });
    expect(
      scoreQuestion(question, answered({ 'nelbo/sum': ranked(1) }), { ...diffusion, protocol: 'paper' }),
    ).toMatchObject({
      kind: 'unscored',
      reason: 'no ranking by a number of steps',
    });
  });
});

describe('fill', () => {
  const word = fill('été', bothFamilies(joint([continuation('In', ' été')])));
  const signs = fill('signs', bothFamilies(joint([continuation('the', ' signs')])));
  const response = (score: AlternativeScore): Response => ({
    kind: 'answered',
    views: { default: { alternatives: [score], rankings: {} } },
    nfe: 1,
  });

  it('gives greedy match, nats and bits per byte of the scored text (6 bytes with its blank) for AR', () => {
    expect(scoreQuestion(word, response(alternative({ loglikelihood: -6 * Math.LN2 }, true)), ar)).toEqual({
      kind: 'scored',
      values: { acc: 1, nll: 6 * Math.LN2, bitsPerByte: 1 },
      answer: null,
      gold: 0,
      undecided: false,
    });
  });

  it('counts the blank of the first LAMBADA answer, as OLMES does', () => {
    const scored = scoreQuestion(signs, response(alternative({ loglikelihood: -11.395877659 })), ar);
    expect(scored).toMatchObject({ values: { bitsPerByte: expect.closeTo(2.74013, 5) } });
  });

  it('gives the bound for every T for diffusion, and no accuracy where greedy decoding was not asked', () => {
    const quantities = { nelbo: 12 * Math.LN2, 'nelbo@8': 7.5, 'official@8': 1.25 } as const;
    expect(scoreQuestion(word, response(alternative(quantities)), diffusion)).toMatchObject({
      values: { nelbo: 12 * Math.LN2, 'nelbo@8': 7.5, 'official@8': 1.25, bitsPerByte: 2 },
    });
    const exact = { ...quantities, marginal: 6 * Math.LN2, 'likelihood@8': 7 } as const;
    expect(scoreQuestion(word, response(alternative(exact)), diffusion)).toMatchObject({
      values: { bitsPerByte: 2, exactBitsPerByte: 1, slack: 6 * Math.LN2, marginal: 6 * Math.LN2, 'likelihood@8': 7 },
    });
    expect(scoreQuestion(word, response(alternative({}, false)), diffusion)).toMatchObject({ values: { acc: 0 } });
    expect(scoreQuestion(word, response(alternative({})), diffusion)).toMatchObject({ kind: 'unscored' });
  });
});

describe('metricSpec', () => {
  it('describes names with T and view, and marks what is an upper bound', () => {
    expect(metricSpec('acc')).toMatchObject({ unit: 'fraction', higherIsBetter: true, interval: 'wilson' });
    expect(metricSpec('accNelbo@32')?.description).toMatch(/32-step chain/);
    expect(metricSpec('accNelbo@4@option-only')?.description).toMatch(/4-step chain.*, view option-only$/);
    expect(metricSpec('accMean@option-only')?.description).toMatch(/per token, view option-only$/);
    expect(metricSpec('nelbo@8')).toMatchObject({ unit: 'nats', bound: 'upper', higherIsBetter: false, interval: 't' });
    expect(metricSpec('nll')?.bound).toBeUndefined();
    expect(metricSpec('bitsPerByte', 'autoregressive')?.bound).toBeUndefined();
    expect(metricSpec('bitsPerByte', 'diffusion')?.bound).toBe('upper');
    for (const name of ['marginal', 'likelihood@8', 'exactBitsPerByte', 'slack']) {
      expect(metricSpec(name, 'diffusion'), name).toMatchObject({ higherIsBetter: false, interval: 't' });
      expect(metricSpec(name, 'diffusion')?.bound, name).toBeUndefined();
    }
    expect(metricSpec('accLikelihood@8')?.description).toMatch(/likelihood itself of the 8-step chain/);
  });

  it('knows no other names', () => {
    for (const name of ['accuracy', 'accNelbo', 'accSum@32', 'official', 'likelihood', 'toString', 'acc@', '']) {
      expect(metricSpec(name), name).toBeNull();
    }
  });
});
