/** `bench sweep` and `bench ablate` as a whole: every number is recomputed from the stored records. */
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run as ablate } from '../../src/commands/run/ablate.ts';
import { run as scoreTasks } from '../../src/commands/run/run.ts';
import { run as sweep } from '../../src/commands/run/sweep.ts';
import type { ProtocolName } from '../../src/core/names.ts';
import type { ItemRecord } from '../../src/core/record.ts';
import { ABLATE_DEFAULTS, RUN_DEFAULTS, SWEEP_DEFAULTS } from '../../src/evaluate/options.ts';
import type { AblationDocument } from '../../src/report/view/ablation.ts';
import type { SweepDocument } from '../../src/report/view/sweep.ts';
import { recordingIo } from './recording-io.ts';

const STEPS = [1, 4, 32];

let out: string;
let shared: { models: string[]; tasks: string[]; passes: number; fixtures: true; out: string };
beforeEach(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-sweeps-'));
  shared = { models: ['random-diffugpt'], tasks: ['piqa'], passes: 9, fixtures: true, out };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

const recordsOf = (folder: string): readonly ItemRecord[] =>
  readFileSync(join(folder, 'records.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).record);

function valuesOf(records: readonly ItemRecord[], metric: string): number[] {
  return records.map(({ score }) => (score.kind === 'scored' ? (score.values[metric] as number) : Number.NaN));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const less = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value - (b[i] as number));

/** Right answers by `quantity` per token (the bound) or as it is (the official score, a mean already). */
function rightBy(quantity: 'nelbo' | 'official', steps: number, { score, response }: ItemRecord): number {
  if (response.kind !== 'answered' || score.kind !== 'scored') return Number.NaN;
  const costs = (response.views.default?.alternatives ?? []).map(({ quantities, tokens }) => {
    const { value } = quantities[`${quantity}@${steps}`] as { value: number };
    return quantity === 'nelbo' ? value / tokens : value;
  });
  return Number(costs.indexOf(Math.min(...costs)) === score.gold);
}

describe('bench sweep', () => {
  const options = () => ({ ...SWEEP_DEFAULTS, ...shared, steps: STEPS });
  async function document(changes: Partial<ReturnType<typeof options>> & { protocol?: ProtocolName }) {
    const io = recordingIo();
    expect(await sweep({ ...options(), ...changes, json: true }, io)).toBe(0);
    return JSON.parse(io.written.stdout) as SweepDocument;
  }

  it('gives for each T the accuracies and the paired differences of the records', async () => {
    const { sweeps, comparisons, runs } = await document({ models: ['random-diffugpt', 'random-gpt2'], margin: 0.5 });
    expect(sweeps).toHaveLength(1);
    const [curve] = sweeps;
    const records = recordsOf(curve?.path ?? '');
    expect(curve).toMatchObject({ model: 'random-diffugpt', task: 'piqa', passes: 'shared' });
    expect(curve?.nfe).toBe(
      records.reduce((sum, { response }) => sum + (response.kind === 'answered' ? response.nfe : 0), 0),
    );
    expect(curve?.scores.map(({ metric }) => metric)).toEqual(['accNelbo', 'accOfficial']);
    for (const { metric, points, smallest } of curve?.scores ?? []) {
      const quantity = metric === 'accNelbo' ? 'nelbo' : 'official';
      const right = (steps: number) => records.map((record) => rightBy(quantity, steps, record));
      expect(points.map(({ steps }) => steps)).toEqual(STEPS);
      for (const { steps, value, difference, nonInferiority } of points) {
        expect(value.value).toBeCloseTo(mean(right(steps)), 12);
        if (steps === 32) {
          expect({ difference, nonInferiority }).toEqual({ difference: null, nonInferiority: null });
          continue;
        }
        expect(difference).toMatchObject({ n: records.length, method: 'paired difference, Tango' });
        expect(difference?.value).toBeCloseTo(mean(less(right(steps), right(32))), 12);
        expect(nonInferiority).toMatchObject({ margin: 0.5, alpha: 0.05, n: records.length });
        expect(nonInferiority?.nonInferior).toBe((nonInferiority?.bound ?? -1) > -0.5);
        // One-sided at 0.95 reaches less far than the two-sided 95 % interval that is shown.
        expect(nonInferiority?.bound).toBeGreaterThan(difference?.low ?? 0);
      }
      const verdicts = points.slice(0, -1).map((point) => point.nonInferiority?.nonInferior === true);
      const lastFailure = verdicts.lastIndexOf(false);
      expect(smallest).toBe(STEPS[lastFailure + 1]);
    }
    const ar = runs.find(({ family }) => family === 'autoregressive');
    expect(comparisons).toEqual([{ model: 'random-gpt2', task: 'piqa', metric: 'acc', value: ar?.metrics.acc }]);
  });

  it('gives for a written answer nats and the bias of the grid', async () => {
    const { sweeps } = await document({ tasks: ['lambada'] });
    const records = recordsOf(sweeps[0]?.path ?? '');
    const [score] = sweeps[0]?.scores ?? [];
    expect(score).toMatchObject({ metric: 'nelbo', smallest: null });
    for (const { steps, value, difference, gridBias, nonInferiority } of score?.points ?? []) {
      const values = valuesOf(records, `nelbo@${steps}`);
      expect(value.value).toBeCloseTo(mean(values), 12);
      expect(gridBias?.value).toBeCloseTo(mean(less(values, valuesOf(records, 'nelbo'))), 12);
      if (steps < 32) expect(difference?.value).toBeCloseTo(mean(less(values, valuesOf(records, 'nelbo@32'))), 12);
      expect(nonInferiority).toBeNull();
    }
  });

  it('names settings of samplers, and the seed, that changed nothing on 8 items', async () => {
    const { deadKnobs } = await document({
      ...{ models: ['tiny-diffugpt'], tasks: ['word-problems'], steps: [4] },
      ...{ sampler: ['confidence:temperature=1:top-k=1', 'confidence:temperature=1:top-p=0.9'] },
    });
    const by = 'word-problems by confidence:temperature=1:top-k=1, tiny-diffugpt';
    expect(deadKnobs).toContain(`${by}: temperature changed nothing on 8 items (1 against 0.5)`);
    expect(deadKnobs).toContain(`${by}: seed changed nothing on 8 items (0 against 1)`);
    expect(deadKnobs.filter((found) => found.includes('top-p=0.9, tiny'))).toEqual([]);
  });

  it('gives for written text the share of right ones, passes and time of each T', async () => {
    const { sweeps, runs, comparisons } = await document({
      models: ['random-diffugpt', 'random-gpt2'],
      tasks: ['lambada-decoding', 'piqa'],
    });
    const [written, likelihood] = sweeps;
    expect([written?.passes, likelihood?.passes]).toEqual(['separate', 'shared']);
    expect(runs.map(({ stepsFrom }) => stepsFrom)).toEqual(['separate', 'shared', undefined, undefined]);
    expect(likelihood?.writing).toEqual([]);
    expect(written?.scores.map(({ metric }) => metric)).toEqual(['acc']);
    const records = recordsOf(written?.path ?? '');
    const texts = records.flatMap(({ response }) =>
      response.kind === 'written' ? Object.values(response.views).flat() : [],
    );
    expect(written?.writing.map(({ steps }) => steps)).toEqual(STEPS);
    for (const { steps, nfe, seconds, tokensPerSecond } of written?.writing ?? []) {
      const own = texts.filter((text) => text.steps === steps);
      expect(own).toHaveLength(records.length);
      expect(nfe).toBeCloseTo(mean(own.map((text) => text.nfe)), 12);
      const tokens = own.reduce((sum, text) => sum + text.tokens, 0);
      expect((tokensPerSecond ?? 0) * (seconds ?? 0)).toBeCloseTo(tokens, 6);
    }
    const timed = (written?.writing ?? []).reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);
    expect(timed).toBeLessThanOrEqual(written?.seconds ?? 0);
    for (const { steps, value, difference } of written?.scores[0]?.points ?? []) {
      expect(value.value).toBeCloseTo(mean(valuesOf(records, `acc@${steps}`)), 12);
      if (steps < 32) expect(difference).toMatchObject({ n: records.length });
    }
    expect(comparisons.map(({ task, metric }) => [task, metric])).toContainEqual(['lambada-decoding', 'acc']);
  });

  it('says that each T is written by itself, and where more steps change nothing', async () => {
    const io = recordingIo();
    await sweep({ ...options(), tasks: ['lambada-decoding'], steps: [1, 4, 32, 64] }, io);
    expect(io.written.stdout).toMatch(/^ +acc +cost\n *T +at T +less that of T = 64 +NFE a text +seconds +tokens\/s$/m);
    expect(io.written.stdout).toMatch(/Text is written once for each T, in passes of its own: [\d,]+ sequences in/);
    expect(io.written.stdout).toMatch(/Above T = \d+ no text takes more passes/);
    const table = recordingIo();
    await scoreTasks({ ...RUN_DEFAULTS, ...shared, tasks: ['lambada-decoding'], steps: [1, 4, 32, 64] }, table);
    expect(table.written.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /one text for each T: T = 1: 1\.00 passes a text in [\d.]+ s, \d+ tokens\/s; T = 4: /,
    );
  });

  it('refuses written tasks that take one step a token whatever T is', async () => {
    await expect(document({ tasks: ['lambada-decoding'], protocol: 'paper' })).rejects.toMatchObject({
      code: 'bad-arguments',
      message: expect.stringContaining('found lambada-decoding, which under paper takes one step a token'),
    });
    expect(await readdir(out)).toEqual([]);
  });

  it('is the run that bench run makes with the same steps, and repeats without a pass', async () => {
    const { runs } = await document({});
    const io = recordingIo();
    await scoreTasks({ ...RUN_DEFAULTS, ...shared, steps: STEPS, json: true }, io);
    expect(JSON.parse(io.written.stdout).runs[0].path).toBe(runs[0]?.path);
    const written = () => statSync(join(runs[0]?.path ?? '', 'records.jsonl')).mtimeMs;
    const before = written();
    await document({});
    expect(written()).toBe(before);
  });

  it('draws every T by itself under paper, and says so', async () => {
    const { sweeps } = await document({ protocol: 'paper' });
    expect(sweeps[0]).toMatchObject({ passes: 'separate', scores: [{ metric: 'accOfficial' }] });
    const io = recordingIo();
    await sweep({ ...options(), protocol: 'paper' }, io);
    expect(io.written.stdout).toMatch(/Every T was drawn by itself.*: [\d,]+ sequences/);
    const canonical = recordingIo();
    await sweep(options(), canonical);
    expect(canonical.written.stdout).toMatch(/All T come from one set of passes: [\d,]+ sequences in [\d.]+ s\./);
  });

  it('refuses models that have no T before anything is stored', async () => {
    const refused = sweep({ ...options(), models: ['random-gpt2'] }, recordingIo());
    await expect(refused).rejects.toMatchObject({
      code: 'bad-arguments',
      message: '--models: expected a diffusion model to sweep over T, found only autoregressive random-gpt2',
    });
    expect(await readdir(out)).toEqual([]);
  });
});

describe('bench ablate', () => {
  const options = () => ({ ...ABLATE_DEFAULTS, ...shared, attentions: [0, 0.5] });
  async function document(changes: Partial<ReturnType<typeof options>>) {
    const io = recordingIo();
    expect(await ablate({ ...options(), ...changes, json: true }, io)).toBe(0);
    return JSON.parse(io.written.stdout) as AblationDocument;
  }

  it('gives for each cell its value and the paired difference to the reference', async () => {
    const { ablations, label } = await document({ tasks: ['piqa', 'lambada', 'lambada-decoding'] });
    expect(label).toContain("inference-time ablation of finished weights, not the paper's training ablation");
    expect(ablations.map(({ task, metric }) => [task, metric])).toEqual([
      ['piqa', 'acc'],
      ['lambada', 'acc'],
      ['lambada', 'bitsPerByte'],
      ['lambada-decoding', 'acc'],
    ]);
    for (const { metric, cells } of ablations) {
      expect(cells.map(({ openFraction, shift }) => [openFraction, shift])).toEqual(
        [0, 0.5, 1].flatMap((attention) => [true, false].map((shift) => [attention, shift])),
      );
      const reference = cells.find(({ isReference }) => isReference);
      expect(reference).toMatchObject({ openFraction: 1, shift: true, difference: null });
      const theirs = valuesOf(recordsOf(reference?.path ?? ''), metric);
      for (const { path, value, difference, isReference } of cells) {
        const mine = valuesOf(recordsOf(path), metric);
        expect(value?.value).toBeCloseTo(mean(mine), 12);
        if (isReference) continue;
        expect(difference).toMatchObject({ n: mine.length, unscored: 0 });
        expect(difference?.value).toBeCloseTo(mean(less(mine, theirs)), 12);
      }
    }
    // Less of the future and another alignment are other numbers.
    const bits = ablations[2]?.cells.map(({ value }) => value?.value) ?? [];
    expect(new Set(bits).size).toBe(bits.length);
  });

  it('keeps every cell as a run of its own, the reference that of bench run, and resumes it', async () => {
    const { runs } = await document({});
    expect(new Set(runs.map(({ path }) => path)).size).toBe(6);
    const io = recordingIo();
    await scoreTasks({ ...RUN_DEFAULTS, ...shared, json: true }, io);
    expect(JSON.parse(io.written.stdout).runs[0].path).toBe(runs[0]?.path);
    const written = () => runs.map(({ path }) => statSync(join(path, 'records.jsonl')).mtimeMs);
    const before = written();
    await document({});
    expect(written()).toEqual(before);
  });

  it('says in the table what it is', async () => {
    const io = recordingIo();
    await ablate({ ...options(), attentions: [1], shifts: [false] }, io);
    expect(io.written.stdout).toContain('Inference-time ablation of finished weights');
    expect(io.written.stdout).toMatch(/^attention {2}shift on +shift off$/m);
  });

  it('refuses autoregressive models in one sentence, before anything is stored', async () => {
    const refused = ablate({ ...options(), models: ['random-diffugpt', 'random-gpt2'] }, recordingIo());
    await expect(refused).rejects.toMatchObject({
      code: 'bad-arguments',
      message:
        '--models: expected diffusion models, whose attention and shift can be varied, found autoregressive random-gpt2',
    });
    expect(await readdir(out)).toEqual([]);
  });
});
