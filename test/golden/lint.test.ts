/** The lint on real networks: nothing is found on the golden and built-in checkpoints, and each damaged one is caught. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { writeCheckpoint } from '../../src/checkpoints/write-checkpoint.ts';
import { doctorModel, type ModelDoctorDocument, type ModelDoctorOptions } from '../../src/commands/check/doctor.ts';
import { run } from '../../src/commands/run/run.ts';
import { stream } from '../../src/core/numbers/random.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import { type ProbedNet, probeNet } from '../../src/lint/net-probes.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import { readRun } from '../../src/store/read-run.ts';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import { recordingIo } from '../end-to-end/recording-io.ts';
import { GOLDEN_NAMES, openGolden } from './golden-checkpoint.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STORIES = join(ROOT, '../shared/models/stories260K-hf');
const hasStories = existsSync(STORIES);

let out: string;
beforeAll(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-lint-'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

async function doctor(
  model: string,
  changes: Partial<ModelDoctorOptions> = {},
): Promise<[number, ModelDoctorDocument]> {
  const io = recordingIo();
  const { family, maskId, shift, blockLength, tokenizer, adapter, engine, threads, device, dtype } = RUN_DEFAULTS;
  const net = { family, maskId, shift, blockLength, tokenizer, adapter, dtype };
  const knobs = { tasks: null, sampler: null, protocol: RUN_DEFAULTS.protocol };
  const given = { ...net, ...knobs, engine, threads, device, dataDir: null, json: true };
  const code = await doctorModel({ model, ...given, ...changes }, io);
  return [code, JSON.parse(io.written.stdout)];
}

const findings = ({ checks }: ModelDoctorDocument) =>
  checks.filter(({ state }) => state === 'warning' || state === 'error');

describe('nothing is found on', () => {
  it.each(GOLDEN_NAMES)('%s, with either engine', async (name) => {
    const checkpoint = await openGolden(name);
    const { vocabularyRows, contextLength } = checkpoint.architecture;
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const net = await openNet(checkpoint, engine);
      const { family } = checkpoint.options;
      const probed: ProbedNet = { family, forward: net.forward, vocabularyRows, contextLength, openFraction: 1 };
      const states = (await probeNet(probed)).map(({ state }) => state);
      expect(states).toEqual(['ok', 'ok', 'ok']);
      await net.dispose();
    }
  });

  it.each(['tiny-gpt2', 'tiny-diffugpt'])('%s', async (name) => {
    const [code, document] = await doctor(name);
    expect([code, findings(document)]).toEqual([0, []]);
    expect(document.checks.map(({ name: check }) => check)).toEqual(expect.arrayContaining(['gold-labels', 'packing']));
  });

  it.skipIf(!hasStories)('a trained LLaMA (skipped where ../shared is not)', async () => {
    const [code, document] = await doctor(STORIES);
    expect([code, findings(document)]).toEqual([0, []]);
  });
});

describe('options of samplers and scores that change nothing are named', () => {
  const knobs = async (task: string, sampler: string, model = 'tiny-diffugpt') => {
    const [code, { checks }] = await doctor(model, { tasks: [task], sampler: [sampler] });
    expect(code).toBe(0);
    const found = checks.filter(({ name }) => name === 'knobs');
    return {
      idle: found.filter(({ state }) => state === 'warning').map((each) => each.found),
      all: found.at(-1)?.found,
    };
  };

  it('a temperature where one token is drawn from, and not where all are', async () => {
    const greedy = await knobs('word-problems', 'confidence:temperature=1:top-k=1');
    const by = 'word-problems by confidence:temperature=1:top-k=1';
    expect(greedy.idle).toContain(`${by}: temperature changed nothing on 8 items (1 against 0.5)`);
    expect(greedy.idle).toContain(`${by}: seed changed nothing on 8 items (0 against 1)`);
    expect(greedy.idle).toContain(`${by}: top-p changed nothing on 8 items (none against 0.5)`);
    expect(greedy.all).toMatch(/, 8 items: .*steps.* changed answers/);
    const drawn = await knobs('word-problems', 'confidence:temperature=1');
    expect(drawn.idle.filter((found) => !found.includes(': form '))).toEqual([]);
    expect(drawn.all).toMatch(/: steps, seed, attention, shift, block, temperature, top-p, top-k changed answers$/);
  });

  it('a seed that has no part in the likeliest tokens, and a top-p that does not go with them', async () => {
    const { idle, all } = await knobs('word-problems', 'threshold');
    expect(idle.filter((found) => /seed|top-/.test(found))).toEqual([]);
    expect(all).toMatch(/changed answers; .*seed.* played no part; top-p, top-k did not go with the rest$/);
  });

  it('a sampler where answers are weighed, and passes where all masks are run anyway', async () => {
    const { idle, all } = await knobs('lambada', 'threshold:threshold=0.9');
    expect(all).toMatch(/steps, .*changed answers; sampler played no part$/);
    expect(idle).toEqual([]);
  });
});

describe('a fault is caught', () => {
  it.skipIf(!hasStories)('the wrong shift of a trained network (skipped where ../shared is not)', async () => {
    const given = { family: 'diffusion', maskId: 0 } as const;
    const [, wrong] = await doctor(STORIES, { ...given, shift: false });
    expect(findings(wrong)).toEqual([expect.objectContaining({ name: 'shift', state: 'warning' })]);
    const [, right] = await doctor(STORIES, { ...given, shift: true });
    expect(findings(right)).toEqual([]);
  });

  it('T16: a mask id that stands in the text', async () => {
    const tokenizer = await loadTokenizer(join(ROOT, 'models/random-diffugpt'));
    const [the = 0] = tokenizer?.encode(' the', { specialTokens: false }) ?? [];
    const [code, document] = await doctor('random-diffugpt', { maskId: the });
    expect([code, findings(document)]).toEqual([0, [expect.objectContaining({ name: 'mask-id', state: 'warning' })]]);
  });

  it('a head of zeros', async () => {
    const folder = await variant('zero-head', { head: 'zeros', saysTied: false });
    const [code, document] = await doctor(folder);
    expect(code).toBe(1);
    expect(findings(document)).toEqual([expect.objectContaining({ name: 'head', state: 'error' })]);
  });

  it('a head of its own where config.json says that there is none', async () => {
    const folder = await variant('odd-head', { head: 'noise', saysTied: true });
    const [code, document] = await doctor(folder);
    expect([code, findings(document).map(({ name }) => name)]).toEqual([0, ['tied-head']]);
  });

  it('a tokenizer of other tokens', async () => {
    const [code, document] = await doctor('random-gpt2', { tokenizer: await biggerTokenizer() });
    expect(code).toBe(0);
    expect(findings(document)).toEqual([expect.objectContaining({ name: 'vocabulary', state: 'warning' })]);
  });
});

describe('before a run', () => {
  const given = (changes: Partial<RunOptions>): RunOptions => ({
    ...RUN_DEFAULTS,
    tasks: ['piqa'],
    models: [],
    passes: 5,
    steps: [4],
    fixtures: true,
    out: join(out, 'runs'),
    json: true,
    ...changes,
  });

  it('stores what it finds once, shows it again, and never stops for it', async () => {
    const folder = await variant('odd-head-run', { head: 'noise', saysTied: true });
    const warned = async () => {
      const io = recordingIo();
      expect(await run(given({ models: [folder] }), io)).toBe(0);
      const [report] = JSON.parse(io.written.stdout).runs;
      expect(report.warnings).toEqual([expect.stringContaining('config.json ties the output head')]);
      return (await readRun(report.path)).environment.sessions;
    };
    expect((await warned())[0]?.warnings).toEqual([expect.objectContaining({ code: 'lint' })]);
    expect(await warned()).toHaveLength(1);
  });

  it('stops where numbers would be wrong, and says what to type', async () => {
    const folder = await variant('zero-head-run', { head: 'zeros', saysTied: false });
    await expect(run(given({ models: [folder] }), recordingIo())).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: expect.stringContaining('equally likely at every position'),
      hint: expect.stringContaining(`bench doctor ${folder}`),
    });
  });
});

/** The built-in GPT-2 with a head of its own. */
async function variant(
  name: string,
  { head, saysTied }: { head: 'zeros' | 'noise'; saysTied: boolean },
): Promise<string> {
  const folder = join(out, name);
  const source = join(ROOT, 'models/tiny-gpt2');
  const { architecture } = await openCheckpoint(source);
  await writeCheckpoint(folder, {
    architecture: { ...architecture, tiedHead: false },
    layout: 'plain',
    bench: { family: 'autoregressive' },
    dtype: () => 'F32',
    *values(weight, shape) {
      const random = stream(1, weight);
      const size = shape.reduce((product, side) => product * side, 1);
      const isZero = weight === 'lm_head.weight' && head === 'zeros';
      const isGain = /ln_.\.weight|ln_f\.weight/.test(weight);
      yield Float32Array.from({ length: size }, (_, i) => (isZero ? 0 : isGain ? 1 : 0.2 * (random.uniform(i) - 0.5)));
    },
  });
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) cpSync(join(source, file), join(folder, file));
  const config = join(folder, 'config.json');
  const facts = JSON.parse(readFileSync(config, 'utf8'));
  writeFileSync(config, JSON.stringify({ ...facts, tie_word_embeddings: saysTied }));
  return folder;
}

/** The built-in tokenizer with added tokens that the network has no row for. */
async function biggerTokenizer(): Promise<string> {
  const folder = join(out, 'tokenizer');
  cpSync(join(ROOT, 'models/random-diffugpt'), folder, { recursive: true });
  return folder;
}
