import { describe, expect, it } from 'vitest';
import { COMPARE_SETTINGS } from '../../test/scripted/compare-settings.ts';
import { scriptedMeasured } from '../../test/scripted/scripted-measured.ts';
import { scriptedRecord, scriptedStoredRun } from '../../test/scripted/scripted-stored-run.ts';
import { compareRuns } from '../gate/compare/compare-runs.ts';
import { resolveGateRules } from '../gate/judge/gate-schema.ts';
import { judge } from '../gate/judge/judge.ts';
import { matchRuns } from '../gate/measured/match-runs.ts';
import { reportLines } from '../report/documents/report-lines.ts';
import { reportMarkdown } from '../report/documents/report-markdown.ts';
import { pairsSection } from '../report/html/pairs-section.ts';
import { toReportView } from '../report/view/report-view.ts';
import { toRunColumns } from '../report/view/to-run-columns.ts';
import { canShow, type JudgedDifference, judgeDifference } from './judge-difference.ts';

const AR = 'autoregressive';
const DIFFUSION = 'diffusion';
const SHOWN: JudgedDifference = {
  metric: 'acc',
  reference: AR,
  candidate: AR,
  difference: { value: 0.1, low: 0.05, high: 0.15 },
  p: 0.01,
  alpha: 0.05,
  margin: 0.02,
  detectable: 0.04,
};
const less = { value: -0.1, low: -0.15, high: -0.05 };
const tiny = { value: 0.001, low: -0.01, high: 0.012 };

describe('judgeDifference', () => {
  it.each([
    ['better', {}],
    ['worse', { difference: less }],
    ['worse', { metric: 'noAnswer' }],
    ['better', { metric: 'noAnswer', difference: less }],
    ['no difference shown', { p: 0.5, difference: tiny }],
    ['no difference shown', { p: 0.5, detectable: 0.01 }],
    ['cannot tell', { p: 0.5 }],
    ['cannot tell', { p: 0.5, detectable: null }],
    ['worse', { metric: 'bitsPerByte', reference: DIFFUSION }],
    ['cannot tell', { metric: 'bitsPerByte', candidate: DIFFUSION }],
    ['better', { metric: 'bitsPerByte', candidate: DIFFUSION, difference: less }],
    ['cannot tell', { metric: 'bitsPerByte', reference: DIFFUSION, difference: less }],
    ['cannot tell', { metric: 'bitsPerByte', candidate: DIFFUSION, p: 0.5, difference: tiny }],
    ['worse', { metric: 'bitsPerByte', reference: DIFFUSION, candidate: DIFFUSION }],
    ['cannot tell', { metric: 'goldNats', candidate: DIFFUSION }],
  ] as const)('%s: %j', (verdict, changes) => {
    expect(judgeDifference({ ...SHOWN, ...changes })).toBe(verdict);
  });

  it('lets a bound show one side only', () => {
    expect(canShow({ metric: 'bitsPerByte', reference: AR, candidate: DIFFUSION })).toEqual({
      better: true,
      worse: false,
    });
    expect(canShow({ metric: 'bitsPerByte', reference: DIFFUSION, candidate: AR })).toEqual({
      better: false,
      worse: true,
    });
    expect(canShow({ metric: 'acc', reference: DIFFUSION, candidate: AR })).toEqual({ better: true, worse: true });
  });
});

describe('0.731 bits a byte against a bound of 0.804', () => {
  const N = 100;
  const bits = (mean: number) => Array.from({ length: N }, (_, i) => mean + 0.01 * Math.sin(i));
  const exact = scriptedMeasured({ model: 'ar', family: AR, values: { bitsPerByte: bits(0.731) } });
  const bound = scriptedMeasured({
    model: 'd',
    values: { bitsPerByte: bits(0.804).map((x, i) => x + 0.01 * (i % 3)) },
  });
  const compared = (a: typeof exact, b: typeof exact) =>
    compareRuns(matchRuns([a], [b]), COMPARE_SETTINGS).rows.map(({ verdict }) => verdict);

  it('is no loss to compare, to the report and to the gate', () => {
    expect(compared(exact, bound)).toEqual(['cannot tell']);
    const stored = [exact, bound].map(({ manifest, items }) =>
      scriptedStoredRun({
        task: 'stories-cloze',
        model: manifest.model,
        records: items.map(({ values }, i) => scriptedRecord(i, values ?? {})),
      }),
    );
    const runs = stored.map((run) => toRunColumns(run, { chance: null, ranking: null, metric: null }));
    const view = toReportView({ runs, unreadable: [] });
    expect(view.pairs.map(({ model, verdict, mixesBound }) => [model, verdict, mixesBound])).toEqual([
      ['d', 'cannot tell', true],
    ]);
    expect(String(pairsSection(view)?.html)).toContain('cannot tell</span><small>bound against exact value</small>');
    expect(reportMarkdown(view)).toContain('| cannot tell, bound against exact value |');
    expect(reportLines(view).find(({ section }) => section === 'paired difference')?.verdict).toBe('cannot tell');
    const [check] = judge([exact], [bound], resolveGateRules({ gate: {} })).checks;
    expect(check).toMatchObject({
      verdict: 'inconclusive',
      needed: null,
      reason: expect.stringMatching(/a loss cannot be shown$/),
    });
  });

  it('is worse the other way round: the exact value is above what the bound is below', () => {
    const low = scriptedMeasured({ model: 'd', values: { bitsPerByte: bits(0.7) } });
    expect(compared(low, exact)).toEqual(['worse']);
    expect(judge([low], [exact], resolveGateRules({ gate: {} })).checks[0]?.verdict).toBe('regression');
    expect(judge([exact], [low], resolveGateRules({ gate: {} })).checks[0]?.verdict).toBe('pass');
    expect(judge([bound], [exact], resolveGateRules({ gate: {} })).checks[0]).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/the absence of a loss cannot be shown$/),
    });
  });
});
