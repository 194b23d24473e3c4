import { describe, expect, it } from 'vitest';
import { type ScriptedRun, scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import type { ItemRecord } from '../../core/record.ts';
import type { Session } from '../../store/environment.ts';
import { reportLines } from '../documents/report-lines.ts';
import { reportMarkdown } from '../documents/report-markdown.ts';
import { curvesSection } from '../html/curves-section.ts';
import { headlineSection } from '../html/headline-section.ts';
import { pairsSection } from '../html/pairs-section.ts';
import { speedSection } from '../html/speed-section.ts';
import { toReportView } from './report-view.ts';
import type { RunColumns, TaskFacts } from './run-columns.ts';
import { toRunColumns } from './to-run-columns.ts';

const FACTS: TaskFacts = { chance: 0.5, ranking: 'mean', metric: null };
const AR = { name: 'gpt2-m', family: 'autoregressive', weightsDigest: 'c'.repeat(64), maskId: null } as const;

const toRun = (run: ScriptedRun): RunColumns => toRunColumns(scriptedStoredRun(run), FACTS);
const view = (...runs: readonly ScriptedRun[]) => toReportView({ runs: runs.map(toRun), unreadable: [] });
const accuracies = (values: readonly number[]) => values.map((acc, index) => scriptedRecord(index, { acc }));

describe('the first table', () => {
  it('sets models side by side, each with its interval, and names chance', () => {
    const { headline, models } = view(
      { records: accuracies([1, 0, 1, 1]) },
      { model: AR, settings: { steps: [] }, records: accuracies([1, 0, 0, 0]) },
    );
    expect(models.map(({ name }) => name)).toEqual(['gpt2-m', 'diffugpt-m']);
    const [row] = headline;
    expect(row).toMatchObject({ task: 'piqa', metric: 'acc', chance: 0.5 });
    // Wilson intervals of 1 and 3 of 4 at 95 %: 0.0456..0.6994 and their mirror image.
    expect(row?.cells[0]?.estimate?.value).toBe(0.25);
    expect(row?.cells[0]?.estimate?.low).toBeCloseTo(0.0456, 4);
    expect(row?.cells[1]?.estimate?.high).toBeCloseTo(0.9544, 4);
  });

  it('shows a model by full attention and its own shift, not by an ablation', () => {
    const { headline } = view(
      { settings: { openFraction: 0 }, records: accuracies([0, 0]) },
      { settings: { openFraction: 1 }, records: accuracies([1, 1]) },
    );
    expect(headline[0]?.cells[0]?.estimate?.value).toBe(1);
  });

  it('says of an empty run that no item has a score', () => {
    const { headline, pairs, curves, noise } = view({ settings: { steps: [1, 2] }, records: [] });
    expect(headline[0]?.cells[0]).toMatchObject({ estimate: null, items: 0 });
    expect([pairs, curves, noise]).toEqual([[], [], []]);
  });

  it('keeps questions with examples in front apart from those without, and says how many', () => {
    const asked = (shots: number, acc: number, digest = 'd'): ScriptedRun => ({
      settings: { protocol: 'lm-eval', shots, ...(shots === 0 ? {} : { shotsFrom: { source: 'file', digest } }) },
      records: accuracies([acc, acc]),
    });
    const { headline } = view(asked(0, 0), asked(5, 1), asked(5, 0, 'other'));
    expect(headline.map(({ protocol, cells }) => [protocol, cells[0]?.estimate?.value]).sort()).toEqual([
      ['lm-eval with 5 examples', 0],
      ['lm-eval with 5 examples', 1],
      ['lm-eval', 0],
    ]);
  });

  it('marks a value over fewer items than another of its row, and says what the mark means', () => {
    const bits = [1, 2, 3].map((exact, i) =>
      scriptedRecord(i, { bitsPerByte: 4, ...(i < 2 ? { exactBitsPerByte: exact } : {}) }),
    );
    const known = [1, 2, 3].map((value, i) => scriptedRecord(i, { bitsPerByte: value }));
    const shown = view({ records: bits }, { model: AR, settings: { steps: [] }, records: known });
    const [exact] = reportMarkdown(shown)
      .split('\n')
      .filter((line) => line.includes(', exactBitsPerByte'));
    expect(exact).toMatch(/\| 2\.000 \[[^\]]*\] n 3 \| 1\.500 \[[^\]]*\] n 2 † \|/);
    const note = '† over fewer items than another value of its row';
    expect(reportMarkdown(shown)).toContain(note);
    const page = String(headlineSection(shown).html);
    expect(page.match(/n 2 †/g)).toHaveLength(1);
    expect(page).toContain(note);
    const alike = view({ records: known }, { model: AR, settings: { steps: [] }, records: known });
    expect(reportMarkdown(alike) + headlineSection(alike).html).not.toContain('†');
  });

  it('keeps other rows of a task apart', () => {
    const { headline } = view({ records: accuracies([1, 1]) }, { source: 'fixture', records: accuracies([0, 0]) });
    expect(headline.map(({ source }) => source)).toEqual(['piqa/jsonl', 'fixture']);
  });
});

describe('paired differences', () => {
  it('are of the diffusion model from the autoregressive one, over common items', () => {
    const { pairs } = view(
      { records: accuracies([1, 1, 1, 0, 1]) },
      { model: AR, settings: { steps: [] }, records: accuracies([0, 1, 0, 0]) },
    );
    expect(pairs).toHaveLength(1);
    const [row] = pairs;
    expect(row).toMatchObject({ model: 'diffugpt-m', reference: 'gpt2-m', flips: { gained: 2, lost: 0 } });
    expect(row?.difference).toMatchObject({ value: 0.5, n: 4, unscored: 1 });
    // Exact McNemar of 2 to 0: 2 · (1/2)² = 0.5.
    expect(row?.p).toBeCloseTo(0.5, 12);
    expect(row?.pHolm).toBeCloseTo(0.5, 12);
  });

  it('stand beside values over the same items, of which they are the difference', () => {
    const { pairs } = view(
      { records: accuracies([1, 1, 1, 0, 1]) },
      { model: AR, settings: { steps: [] }, records: accuracies([0, 1, 0, 0]) },
    );
    // Of the four items that both have: 3 and 1 right, where the model has 4 of its 5.
    expect(pairs).toMatchObject([
      {
        modelValue: { value: 0.75, n: 4, unscored: 1 },
        referenceValue: { value: 0.25, n: 4, unscored: 0 },
        difference: { value: 0.5, n: 4 },
      },
    ]);
  });

  it('are adjusted over the tasks of a metric, for each two models by themselves', () => {
    const lost = [0, 0, 0, 0, 0, 0, 0, 0];
    const won = [1, 1, 1, 1, 1, 1, 1, 1];
    const shown = view(
      { task: 'piqa', records: accuracies(won) },
      { task: 'siqa', records: accuracies(won) },
      { task: 'piqa', model: { name: 'other-m', weightsDigest: 'other' }, records: accuracies(won) },
      { task: 'piqa', model: AR, records: accuracies(lost) },
      { task: 'siqa', model: AR, records: accuracies(lost) },
    );
    // 8 to 0: p = 2 / 2⁸ = 0.0078125, twice that for two tasks.
    const p = expect.closeTo(0.0078125, 12);
    expect(shown.pairs.map((row) => [row.model, row.task, row.p, row.pHolm])).toEqual([
      ['diffugpt-m', 'piqa', p, expect.closeTo(0.015625, 12)],
      ['other-m', 'piqa', p, p],
      ['diffugpt-m', 'siqa', p, expect.closeTo(0.015625, 12)],
    ]);
    const said = 'adjusted over the tasks of a metric, for each two models by themselves';
    expect(reportMarkdown(shown)).toContain(said);
    expect(String(pairsSection(shown)?.html)).toContain(said);
  });

  it('mark a bound against an exact value', () => {
    const bits = (value: number) => [0, 1, 2].map((index) => scriptedRecord(index, { bitsPerByte: value + index }));
    const { pairs } = view({ task: 'lambada', records: bits(1.5) }, { task: 'lambada', model: AR, records: bits(1) });
    expect(pairs[0]).toMatchObject({ metric: 'bitsPerByte', mixesBound: true, flips: null });
  });
});

describe('curves over T', () => {
  const records = [0, 1].map((index) =>
    scriptedRecord(
      index,
      { acc: 1, 'accNelbo@1': 0, 'accNelbo@8': 1 },
      {
        nelbo: { value: 10 + index, stderr: 0.3 },
        'nelbo@1': { value: 12 + 2 * index, stderr: 0.3 },
        'nelbo@8': { value: 10.5 + index, stderr: 0.4 },
      },
    ),
  );

  it('split the bound into grid bias and Monte-Carlo noise', () => {
    const [curve] = view({ settings: { steps: [1, 8] }, records }).curves;
    expect(curve).toMatchObject({ model: 'diffugpt-m', items: 2, passes: 'shared' });
    expect(curve?.bound?.continuous.value).toBe(10.5);
    const [one, eight] = curve?.bound?.points ?? [];
    // (12 − 10 + 14 − 11) / 2 and 0.5; √(2 · 0.3²) / 2 and √(2 · 0.4²) / 2.
    expect(one?.gridBias.value).toBe(2.5);
    expect(eight?.gridBias.value).toBe(0.5);
    expect(one?.monteCarlo).toBeCloseTo(0.3 / Math.SQRT2, 12);
    expect(eight?.monteCarlo).toBeCloseTo(0.4 / Math.SQRT2, 12);
    expect(curve?.accuracies).toMatchObject([{ metric: 'accNelbo', points: [{ steps: 1 }, { steps: 8 }] }]);
  });

  it('join runs that differ in T only', () => {
    const one = [scriptedRecord(0, { acc: 1, 'acc@1': 0 }), scriptedRecord(1, { acc: 1, 'acc@1': 1 })];
    const eight = [scriptedRecord(0, { acc: 1, 'acc@8': 1 }), scriptedRecord(1, { acc: 1, 'acc@8': 1 })];
    const settings = { protocol: 'paper', estimator: 'official/1' } as const;
    const [curve] = view(
      { settings: { ...settings, steps: [1] }, records: one },
      { settings: { ...settings, steps: [8] }, records: eight },
    ).curves;
    expect(curve?.accuracies[0]?.points.map(({ steps, value }) => [steps, value.value])).toEqual([
      [1, 0.5],
      [8, 1],
    ]);
    // Two seconds a run over two items, and two sequences an item.
    expect(curve?.costs).toEqual([
      { steps: 1, nfe: 2, seconds: 1 },
      { steps: 8, nfe: 2, seconds: 1 },
    ]);
  });

  it('are drawn of a sweep over few items beside a run of one T over more', () => {
    const sweep = { settings: { steps: [1, 8] }, records };
    const [curve] = view({ settings: { steps: [8] }, records: accuracies([1, 1, 0]) }, sweep).curves;
    expect(curve).toMatchObject({ items: 2, accuracies: [{ points: [{ steps: 1 }, { steps: 8 }] }] });
  });
});

it('ablation cards hold runs that differ in reading only, against the own reading', () => {
  const { ablations } = view(
    { settings: { openFraction: 1 }, records: accuracies([1, 1, 0, 1]) },
    { settings: { openFraction: 0 }, records: accuracies([1, 0, 0, 0]) },
    { settings: { openFraction: 0, seed: 1 }, records: accuracies([0, 0, 0, 0]) },
  );
  expect(ablations).toHaveLength(1);
  expect(ablations[0]?.rows.map((row) => [row.openFraction, row.isReference, row.difference?.value ?? null])).toEqual([
    [0, false, -0.5],
    [1, true, null],
  ]);
});

it('checkpoints of one architecture and equal settings make a card of weights', () => {
  const other = { name: 'annealed', weightsDigest: 'e'.repeat(64) };
  const { ablations } = view({ records: accuracies([0, 0]) }, { model: other, records: accuracies([1, 0]) });
  expect(ablations).toMatchObject([{ kind: 'weights', rows: [{ model: 'annealed' }, { model: 'diffugpt-m' }] }]);
});

it('the noise budget takes seeds from runs that differ in the seed only', () => {
  const { noise } = view(
    { records: accuracies([1, 1, 0, 0]) },
    { settings: { seed: 1 }, records: accuracies([1, 0, 0, 0]) },
  );
  expect(noise).toHaveLength(1);
  expect(noise[0]?.seeds).toEqual([0, 1]);
  // Means 0.5 and 0.25: variance 0.03125, no Monte-Carlo error known.
  expect(noise[0]?.budget.seed).toBeCloseTo(Math.sqrt(0.03125), 12);
  // √(1/3 / 4), s² = 1/3.
  expect(noise[0]?.budget.item).toBeCloseTo(Math.sqrt(1 / 12), 12);
});

describe('texts of several T in one run', () => {
  const texts = (index: number): ItemRecord => {
    const each = { draw: 0, text: 'a', tokens: 4 };
    const views = { default: [1, 8].map((T) => ({ ...each, steps: T, nfe: T })) };
    return { ...scriptedRecord(index, { 'acc@1': 0, 'acc@8': 1 }), response: { kind: 'written', views, nfe: 9 } };
  };
  const settings = { steps: [1, 8], estimator: 'denoising/2' };
  const stored = scriptedStoredRun({ settings, records: [texts(0), texts(1)] });
  const timed = (writing: Session['writing']) => {
    const sessions = stored.environment.sessions.map((session) => ({
      ...session,
      ...(writing === undefined ? {} : { writing }),
    }));
    const run = { ...stored, environment: { ...stored.environment, sessions } };
    return toReportView({ runs: [toRunColumns(run, FACTS)], unreadable: [] });
  };
  const writing = {
    1: { seconds: 0.5, texts: 2, nfe: 2, tokens: 8 },
    8: { seconds: 4, texts: 2, nfe: 16, tokens: 8, flops: 6e9 },
  };

  it('have a time each, where sessions told them apart', () => {
    const { curves, speed } = timed(writing);
    expect(curves[0]?.costs).toEqual([
      { steps: 1, nfe: 1, seconds: 0.25 },
      { steps: 8, nfe: 8, seconds: 2 },
    ]);
    expect(speed[0]?.writing).toEqual([
      { steps: 1, nfe: 1, seconds: 0.5, tokensPerSecond: 16, flops: null },
      { steps: 8, nfe: 8, seconds: 4, tokensPerSecond: 2, flops: 3e9 },
    ]);
  });

  it('have none where sessions did not', () => {
    const { curves, speed } = timed(undefined);
    expect(curves[0]?.costs.map(({ seconds }) => seconds)).toEqual([null, null]);
    expect(speed[0]?.writing).toEqual([]);
  });

  it('stand in the page by T, and in lines', async () => {
    const view = timed(writing);
    const drawn: string[] = [];
    await curvesSection(view, async ({ title }, theme) => {
      if (theme === 'light') drawn.push(title);
      return new Uint8Array();
    });
    expect(drawn).toEqual(expect.arrayContaining(['Cost', 'Time']));
    const table = speedSection(view)?.html.toString() ?? '';
    expect(table).toContain(
      '<td class="num">8</td><td class="num">8</td><td class="num">3\u202fG</td><td class="num">2</td><td class="num">4</td>',
    );
    expect(reportLines(view)).toContainEqual(
      expect.objectContaining({ section: 'speed', metric: 'seconds@8', value: 4 }),
    );
  });
});

it('speed is per second of scoring, and FLOPs are those that sessions counted', () => {
  const [row] = view({ records: accuracies([1, 0, 1, 1]) }).speed;
  const uncounted = { netTokensPerItem: null, flopsPerItem: null };
  expect(row).toMatchObject({ itemsPerSecond: 2, sequencesPerSecond: 4, nfePerItem: 2, ...uncounted });
  const stored = scriptedStoredRun({ records: accuracies([1, 0, 1, 1]) });
  const sessions = stored.environment.sessions.map((session) => ({
    ...session,
    work: { items: 4, tokens: 80, flops: 8e9 },
  }));
  const counted = toRunColumns({ ...stored, environment: { ...stored.environment, sessions } }, FACTS);
  const [known] = toReportView({ runs: [counted], unreadable: [] }).speed;
  expect(known).toMatchObject({ netTokensPerItem: 20, flopsPerItem: 2e9 });
  // One session of an earlier version that computed items: nobody knows the whole.
  const old = [...sessions, ...stored.environment.sessions];
  const mixed = toRunColumns({ ...stored, environment: { ...stored.environment, sessions: old } }, FACTS);
  expect(toReportView({ runs: [mixed], unreadable: [] }).speed[0]).toMatchObject(uncounted);
});

it('one name for two sets of weights, resumed runs and unreadable folders are warned about', () => {
  const runs = [
    toRun({ records: accuracies([1]) }),
    toRun({ task: 'siqa', model: { weightsDigest: 'f'.repeat(64) }, records: accuracies([1]) }),
  ];
  const resumed = runs.map((run) => ({
    ...run,
    environment: { ...run.environment, sessions: [...run.environment.sessions, ...run.environment.sessions] },
  }));
  const texts = toReportView({ runs: resumed, unreadable: [{ folder: 'x', reason: 'broken' }] }).warnings.map(
    ({ text }) => text,
  );
  expect(texts).toContain('x is left out, for it cannot be read: broken');
  expect(texts).toContain('piqa, diffugpt-m (weights aaaaaa): computed in 2 sessions (resumed)');
  expect(texts).toContain('diffugpt-m names 2 different sets of weights; see Provenance');
});

describe('the command that repeats a run', () => {
  const command = (run: ScriptedRun) => view(run).provenance[0]?.command;

  it('spells every setting that counts', () => {
    expect(
      command({ limit: 1, settings: { steps: [1, 8], seed: 7, openFraction: 0.5 }, records: accuracies([1]) }),
    ).toBe(
      'bench run --models diffugpt-m --tasks piqa --protocol canonical --limit 1 --engine onnx --family diffusion ' +
        '--shift on --mask-id 50257 --steps 1,8 --seed 7 --passes 32 --attention 0.5',
    );
  });

  it('quotes what a shell would read otherwise', () => {
    const model = { ...AR, name: "./my models/$(rm)'s" };
    expect(command({ model, source: 'fixture', records: accuracies([1]) })).toBe(
      "bench run --models './my models/$(rm)'\\''s' --tasks piqa --protocol canonical --fixtures --engine onnx --family ar",
    );
  });
});
