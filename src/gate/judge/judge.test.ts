/** The verdict of the gate: by hand on small cases, and how often it is wrong by simulation. */
import { describe, expect, it } from 'vitest';
import { scriptedMeasured } from '../../../test/scripted/scripted-measured.ts';
import { type RandomStream, stream } from '../../core/numbers/random.ts';
import { resolveGateRules } from './gate-schema.ts';
import { judge } from './judge.ts';

const bits = (n: number, isRight: (i: number) => boolean) => Array.from({ length: n }, (_, i) => Number(isRight(i)));
const baselineOf = (acc: readonly (number | null)[], more = {}) =>
  scriptedMeasured({ model: 'old', values: { acc }, ...more });
const candidateOf = (acc: readonly (number | null)[], more = {}) =>
  scriptedMeasured({ model: 'new', values: { acc }, ...more });
const rules = (gate = {}) => resolveGateRules({ gate });

describe('a gate', () => {
  it('passes what loses nothing on enough items', () => {
    const acc = bits(300, (i) => i % 2 === 0);
    const document = judge([baselineOf(acc)], [candidateOf(acc)], rules());
    expect(document.verdict).toBe('pass');
    // Clopper and Pearson’s bound of 0 losses in n: 1 − 0.05^(1 / n)
    expect(document.checks[0]).toMatchObject({ reason: 'a loss of the margin or more is ruled out', needed: null });
    expect(document.checks[0]?.possibleLoss).toBeCloseTo(1 - 0.05 ** (1 / 300), 12);
  });

  it('leaves few items open, and says how many would decide', () => {
    const acc = bits(50, (i) => i % 2 === 0);
    const [check] = judge([baselineOf(acc)], [candidateOf(acc)], rules()).checks;
    // ln 0.05 / ln 0.98 = 148.3
    expect(check).toMatchObject({ verdict: 'inconclusive', needed: 149 });
    expect(check?.reason).toContain('about 149 items would decide');
  });

  // The loss that 13 items without a difference leave open: 1 − 0.05^(1/13) = 20.6 points.
  it.each([
    ['invalidSteps', [0.5, ...Array(12).fill(0)], 1 - 0.05 ** (1 / 13)],
    ['invalidSteps', Array(12).fill(0), 1 - 0.05 ** (1 / 12)],
    ['acc', [1, 0.5, 0, 1, 0], 1 - 0.05 ** (1 / 5)],
    ['pass@1', [1, 1, 0.3, 0, 0.7, 1], 1 - 0.05 ** (1 / 6)],
  ])('takes no difference on few items for no evidence: %s %j', (metric, values, possibleLoss) => {
    const side = (model: string) => scriptedMeasured({ model, values: { [metric]: values } });
    const [check] = judge([side('old')], [side('new')], rules()).checks;
    expect(check).toMatchObject({ verdict: 'inconclusive', needed: 149, difference: { value: 0 } });
    expect(check?.possibleLoss).toBeCloseTo(possibleLoss, 12);
    expect(check?.difference.low).toBeLessThan(0);
    expect(check?.difference.high).toBeGreaterThan(0);
  });

  it('counts problems, not their items, and says how many would decide', () => {
    const acc = bits(300, (i) => i % 30 < 15);
    const clusters = acc.map((_, i) => `problem/${Math.floor(i / 15)}`);
    const [check] = judge([baselineOf(acc, { clusters })], [candidateOf(acc, { clusters })], rules()).checks;
    expect(check).toMatchObject({ verdict: 'inconclusive', difference: { n: 300, clusters: 20 } });
    // 15 items of a problem that agree are one witness.
    expect(check?.possibleLoss).toBeGreaterThan(1 - 0.05 ** (1 / 20));
    expect(check?.needed).toBeGreaterThanOrEqual(15 * 149);
    const asked = () =>
      judge(
        [baselineOf(acc, { clusters })],
        [candidateOf(acc, { clusters })],
        rules({ defaults: { test: 'mcnemar' } }),
      );
    expect(asked).toThrow('gate of piqa: test mcnemar needs independent items, found 300 in 20 clusters');
  });

  it('takes equal nats of other weights for no evidence either', () => {
    const side = (model: string) => scriptedMeasured({ model, values: { nll: Array(400).fill(2) } });
    expect(judge([side('old')], [side('new')], rules()).verdict).toBe('inconclusive');
  });

  it('passes few items too where weights and values are the same', () => {
    const acc = bits(50, (i) => i % 2 === 0);
    const document = judge([baselineOf(acc, { weights: 'w' })], [candidateOf(acc, { weights: 'w' })], rules());
    expect(document).toMatchObject({ verdict: 'pass', checks: [{ reason: 'the same weights gave the same values' }] });
  });

  it('takes equal values of weights that were held in fewer bits for no evidence', () => {
    const acc = bits(50, (i) => i % 2 === 0);
    const side = (make: typeof baselineOf, dtype: string) => make(acc, { weights: 'w', dtype });
    const verdict = (before: string, now: string) =>
      judge([side(baselineOf, before)], [side(candidateOf, now)], rules());
    expect(verdict('float32', 'int4').verdict).toBe('inconclusive');
    expect(verdict('float32', 'int4').warnings).toContain('other dtype than the baseline: int4 instead of float32');
    expect(verdict('int4', 'int4').verdict).toBe('pass');
    expect(verdict('float64', 'float32').verdict).toBe('pass'); // neither rounds a weight
  });

  it('holds runs in several dtypes against those in the same', () => {
    const acc = bits(50, (i) => i % 2 === 0);
    const runs = ['float32', 'int8', 'int4'].map((dtype) =>
      scriptedMeasured({ model: 'm', values: { acc: dtype === 'int8' ? acc.map((x) => 1 - x) : acc }, dtype }),
    );
    const others = runs.map((run) => ({ ...run, source: `other/${run.source}` })).toReversed();
    const { checks } = judge(runs, others, rules());
    expect(checks.map(({ difference, verdict }) => [difference.value, verdict])).toEqual(Array(3).fill([0, 'pass']));
  });

  it('finds a loss: 15 items down and 2 up', () => {
    const old = bits(200, (i) => i < 100);
    const changed = bits(200, (i) => (i < 100 ? i >= 15 : i < 102));
    const document = judge([baselineOf(old)], [candidateOf(changed)], rules());
    // P(X ≤ 2) for X ~ Binomial(17, 1/2) = (1 + 17 + 136) / 2^17
    expect(document.checks[0]?.p).toBeCloseTo(154 / 2 ** 17, 12);
    expect(document).toMatchObject({ verdict: 'regression', checks: [{ test: 'McNemar, exact', needed: null }] });
  });

  it('does not mind a gain', () => {
    const old = bits(200, (i) => i < 100);
    expect(judge([baselineOf(old)], [candidateOf(bits(200, (i) => i < 130))], rules()).verdict).toBe('pass');
  });

  it('knows that fewer nats are better', () => {
    const nats = (shift: number) => Array.from({ length: 100 }, (_, i) => 5 + Math.sin(i) + shift * (1 + (i % 3)));
    const with_ = (model: string, shift: number) => scriptedMeasured({ model, values: { nll: nats(shift) } });
    expect(judge([with_('old', 0)], [with_('new', 1)], rules()).verdict).toBe('regression');
    expect(judge([with_('old', 0)], [with_('new', -1)], rules()).verdict).toBe('pass');
  });

  it('corrects p over tasks', () => {
    const old = bits(200, (i) => i < 100);
    const changed = bits(200, (i) => (i < 100 ? i >= 9 : i < 102)); // 9 down, 2 up: p = 67 / 2048 = 0.033
    const alone = judge([baselineOf(old)], [candidateOf(changed)], rules());
    expect(alone.verdict).toBe('regression');
    const five = ['a', 'b', 'c', 'd', 'e'];
    const side = (make: typeof baselineOf, acc: readonly number[]) =>
      five.map((task) => make(task === 'a' ? acc : old, { task }));
    const together = judge(side(baselineOf, old), side(candidateOf, changed), rules());
    expect(together.checks[0]?.holm).toBeCloseTo((5 * 67) / 2048, 10);
    expect(together.verdict).toBe('inconclusive');
  });

  it('judges several metrics of a task, each by its own rule, and corrects p over all of them', () => {
    const acc = bits(200, (i) => i < 100);
    const lost = bits(200, (i) => (i < 100 ? i >= 9 : i < 102)); // p = 67 / 2048 = 0.033, as above
    const nats = acc.map((_, i) => 5 + Math.sin(i));
    const side = (model: string, column: readonly number[]) =>
      scriptedMeasured({
        model,
        values: { acc: column, nll: nats.map((each, i) => each + Math.sin(model === 'new' ? 7 * i : 0) / 100) },
      });
    const judged = (gate: object) => judge([side('old', acc)], [side('new', lost)], rules(gate));
    const tasks = { piqa: { margin: 0.001, metrics: { acc: {}, nll: { margin: 0.5, test: 't' } } } };
    const document = judged({ tasks });
    expect(document.checks).toMatchObject([
      { task: 'piqa', metric: 'acc', margin: 0.001, test: 'McNemar, exact', verdict: 'inconclusive' },
      { task: 'piqa', metric: 'nll', margin: 0.5, test: 'paired t', verdict: 'pass' },
    ]);
    expect(document.checks[0]?.holm).toBeCloseTo((2 * 67) / 2048, 10);
    expect(document.verdict).toBe('inconclusive');
    // A rule of the task names its metric: those of the defaults are no longer meant.
    const alone = judged({ defaults: { metrics: tasks.piqa.metrics }, tasks: { piqa: { metric: 'acc' } } });
    expect(alone.checks.map(({ metric }) => metric)).toEqual(['acc']);
    expect(alone.verdict).toBe('regression');
  });

  it('follows the rule of a task before the defaults', () => {
    const acc = bits(50, (i) => i % 2 === 0);
    const own = rules({ defaults: { margin: 0.001 }, tasks: { piqa: { margin: 0.2 } } });
    expect(judge([baselineOf(acc)], [candidateOf(acc)], own).verdict).toBe('pass');
  });
});

describe('a guard', () => {
  const acc = bits(300, (i) => i % 2 === 0);
  const guard = (old: object, candidate: object, gate = {}) => {
    const document = judge([baselineOf(acc, old)], [candidateOf(acc, candidate)], rules(gate));
    return document.guards
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ guard: name, verdict }) => [name, verdict]);
  };

  it('counts items without a score', () => {
    const failing = [null, ...acc.slice(1)];
    const document = judge([baselineOf(acc)], [candidateOf(failing)], rules());
    expect(document.verdict).toBe('regression');
    expect(document.guards.find(({ guard: name }) => name === 'unscored')?.reason).toContain(
      '1 items without a score, 0 in',
    );
    expect(judge([baselineOf(acc)], [candidateOf(failing)], rules({ guards: { unscored: 1 } })).verdict).toBe('pass');
  });

  it('limits effort', () => {
    expect(guard({}, { nfe: 400 })).toEqual([['nfe', 'regression']]);
    expect(guard({}, { nfe: 400 }, { guards: { nfe: null } })).toEqual([]);
    expect(guard({}, { seconds: 5 })).toEqual([]);
    expect(guard({}, { seconds: 5 }, { guards: { seconds: 2 } })).toEqual([['seconds', 'regression']]);
  });

  it('wants every item of the baseline', () => {
    expect(guard({}, { complete: false })).toEqual([['coverage', 'inconclusive']]);
    const shorter = judge([baselineOf(acc)], [candidateOf(acc.slice(0, 290))], rules());
    expect(shorter.guards.map(({ reason }) => reason)).toContain(
      '10 of 300 items of the baseline are not in the candidate',
    );
  });

  it('wants every task of the baseline and of the rules', () => {
    const document = judge(
      [baselineOf(acc), baselineOf(acc, { task: 'siqa' })],
      [candidateOf(acc)],
      rules({ tasks: { typo: {} } }),
    );
    expect(document.guards.filter(({ verdict }) => verdict !== 'pass').map(({ task }) => task)).toEqual([
      'siqa',
      'typo',
    ]);
    expect(document.verdict).toBe('inconclusive');
  });

  it('calls a baseline of other rows or an older task stale', () => {
    for (const candidate of [{ version: 2 }, { data: 'other' }]) {
      expect(guard({}, candidate)).toEqual([['stale', 'inconclusive']]);
    }
  });

  it('warns of another machine, or requires the same', () => {
    const other = { cpu: 'another' };
    const warned = judge([baselineOf(acc)], [candidateOf(acc, other)], rules());
    expect(warned.verdict).toBe('pass');
    expect(warned.warnings).toEqual(['other processor than the baseline: another, linux-x64 instead of c, linux-x64']);
    expect(guard({}, other, { guards: { environment: 'require' } })).toEqual([['environment', 'inconclusive']]);
    expect(
      judge([baselineOf(acc)], [candidateOf(acc, other)], rules({ guards: { environment: 'ignore' } })).warnings,
    ).toEqual([]);
  });
});

describe('a gate refuses', () => {
  const acc = bits(20, (i) => i % 2 === 0);
  it.each([
    ['other settings', { seed: 1 }, {}, 'expected the settings of the baseline, found seed 0 against 1'],
    ['no common item', { firstId: 100 }, {}, 'expected items that both runs have, found none'],
    ['another task', { task: 'siqa' }, {}, 'expected runs of the same task, found piqa and siqa'],
    [
      'a metric that is not there',
      {},
      { defaults: { metric: 'bitsPerByte' } },
      'expected a metric of both runs, found bitsPerByte',
    ],
  ])('%s', (_what, candidate, gate, message) => {
    expect(() => judge([baselineOf(acc)], [candidateOf(acc, candidate)], rules(gate))).toThrow(message);
  });

  it('McNemar’s test of nats', () => {
    const nll = scriptedMeasured({ values: { nll: [1.5, 2.5] } });
    expect(() => judge([nll], [nll], rules({ defaults: { test: 'mcnemar' } }))).toThrow(
      'mcnemar needs values of 0 and 1',
    );
  });
});

// Tolerances are four standard errors of the simulated shares.
describe('over many replays, a gate', () => {
  const n = 150;
  const tolerance = (share: number, replays: number) => 4 * Math.sqrt((share * (1 - share)) / replays);
  /** Old and new answers of an item: both right with 0.4, one only with the given chances. */
  const draw = (random: RandomStream, at: number, up: number, down: number): readonly [number, number] => {
    const u = random.uniform(at);
    if (u < up) return [0, 1];
    if (u < up + down) return [1, 0];
    return u < up + down + 0.4 ? [1, 1] : [0, 0];
  };
  const share = (replays: number, tasks: number, up: number, down: number) => {
    const random = stream(21, 'gate', tasks, up, down);
    const verdicts = Array.from({ length: replays }, (_, replay) => {
      const pairs = Array.from({ length: tasks }, (_task, t) =>
        Array.from({ length: n }, (_item, i) => draw(random, (replay * tasks + t) * n + i, up, down)),
      );
      const side = (make: typeof baselineOf, column: 0 | 1) =>
        pairs.map((task, t) =>
          make(
            task.map((pair) => pair[column]),
            { task: `task-${t}` },
          ),
        );
      return judge(side(baselineOf, 0), side(candidateOf, 1), rules()).verdict;
    });
    return verdicts.filter((verdict) => verdict === 'regression').length / replays;
  };

  it('calls equal models a regression no more often than alpha, on one task and on three', () => {
    expect(share(2000, 1, 0.05, 0.05)).toBeLessThanOrEqual(0.05);
    expect(share(700, 3, 0.05, 0.05)).toBeLessThanOrEqual(0.05);
  });

  // Exact power of McNemar’s one-sided exact test at 0.05 (scipy 1.17.1: binom.cdf over the multinomial counts of 150 pairs
  // with chances 0.03 and 0.13): 0.921.
  it('finds an injected loss of ten points with the power of its test', () => {
    expect(Math.abs(share(600, 1, 0.03, 0.13) - POWER)).toBeLessThan(tolerance(POWER, 600));
  });
});

const POWER = 0.921;
