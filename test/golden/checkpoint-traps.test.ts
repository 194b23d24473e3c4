/** Traps T33-T36 of the project's protocol notes (section 13), which need a network. The other traps: traps.test.ts. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensorsHeader } from '../../src/checkpoints/formats/safetensors.ts';
import { readTensor } from '../../src/checkpoints/formats/tensor-values.ts';
import { writeSafetensors } from '../../src/checkpoints/formats/write-safetensors.ts';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import type { LanguageModel, ScoringSettings } from '../../src/core/model.ts';
import { loadTask } from '../../src/datasets/load-task.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import { type OpenNet, openNet } from '../../src/lm/forward/forward.ts';
import { countingPositions, type Sequence } from '../../src/lm/forward/sequence.ts';
import { openLanguageModel } from '../../src/lm/language-model.ts';
import { answerDirectly, type DirectModel } from '../../src/lm/requests/direct-requests.ts';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import { TASKS } from '../../tasks/index.ts';
import { openGolden } from './golden-checkpoint.ts';

/** `parity`: exact where every row is summed by itself; a float32 kernel may sum in another order on other processors. */
const ENGINES = [
  { engine: 'onnx', make: () => onnxEngine({ threads: 1 }), parity: 1e-6 },
  { engine: 'tfjs', make: () => tfjsEngine(), parity: 1e-6 },
  { engine: 'reference', make: async () => referenceEngine(), parity: 0 },
];

describe('T33: a checkpoint is loaded whole or not at all', () => {
  const published = fileURLToPath(new URL('./data/diffugpt-tiny', import.meta.url));
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'traps-'));
    await cp(published, folder, { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('takes the vocabulary from the shape of the embedding and ties the head, whatever config.json says', async () => {
    const file = join(folder, 'config.json');
    const config = JSON.parse(await readFile(file, 'utf8'));
    await rm(file);
    await writeFile(file, JSON.stringify({ ...config, vocab_size: 384 }));
    const { architecture, parameters } = await openCheckpoint(folder, { maskId: 384 });
    expect(architecture).toMatchObject({ vocabularyRows: 386, tiedHead: true });
    // 386 · 48 embedding, 128 · 48 positions, three layers of 28,272, final norm 96; the head is the embedding.
    expect(parameters).toBe(386 * 48 + 128 * 48 + 3 * 28_272 + 96);
  });

  it('refuses a missing body tensor by name', async () => {
    const missing = 'denoise_model.h.1.mlp.c_fc.bias';
    const file = join(published, 'model.safetensors');
    const { tensors } = await openCheckpoint(published, { maskId: 384 });
    const header = await readSafetensorsHeader(file);
    const kept = [...tensors.values()].filter(({ publishedName }) => publishedName !== missing);
    expect(kept).toHaveLength(header.tensors.length - 1);
    await rm(join(folder, 'model.safetensors'));
    await writeSafetensors(
      join(folder, 'model.safetensors'),
      kept.map((tensor) => ({
        name: tensor.publishedName,
        dtype: tensor.dtype,
        shape: tensor.shape,
        async *values() {
          yield await readTensor(tensor);
        },
      })),
      { 'lm_head.weight': 'embed_tokens.weight' },
    );
    await expect(openCheckpoint(folder, { maskId: 384 })).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: expect.stringContaining(missing),
    });
  });
});

describe.each(ENGINES)('on $engine', ({ make, parity: tolerance }) => {
  const nets = new Map<string, OpenNet>();
  const open = async (name: string): Promise<OpenNet> => {
    const net = nets.get(name) ?? (await openNet(await openGolden(name), await make()));
    nets.set(name, net);
    return net;
  };
  afterAll(async () => {
    for (const net of nets.values()) await net.dispose();
  });

  it.each([
    { name: 'gpt2-tiny-ar', attention: { kind: 'causal' }, sees: false },
    { name: 'llama-tiny-ar', attention: { kind: 'causal' }, sees: false },
    { name: 'diffugpt-tiny', attention: { kind: 'full' }, sees: true },
    { name: 'diffullama-tiny', attention: { kind: 'full' }, sees: true },
  ] as const)('T34: row 0 of $name under $attention.kind attention sees the last token: $sees', async (probe) => {
    const { forward } = await open(probe.name);
    const ending = (last: number): Sequence => ({
      ids: Int32Array.of(260, 17, 93, 141, last),
      positions: countingPositions(5),
      attention: probe.attention,
      reads: Array.from({ length: 8 }, (_, target) => ({ row: 0, target: 40 * target })),
    });
    const [before, after] = await forward([ending(55), ending(56)]);
    const change = (before?.logprobs ?? []).map((logprob, i) => Math.abs(logprob - (after?.logprobs[i] as number)));
    if (probe.sees) expect(Math.max(...change)).toBeGreaterThan(1e-3);
    else expect([...change]).toEqual(Array(8).fill(0));
  });

  it.each([
    { name: 'gpt2-tiny-ar', maskId: 7 },
    { name: 'llama-tiny-ar', maskId: 7 },
    { name: 'diffugpt-tiny', maskId: 384 },
    { name: 'diffullama-tiny', maskId: 211 },
  ])('T35: under causal attention $name scores the first token of a masked suffix as an AR model', async (parity) => {
    const { forward } = await open(parity.name);
    const denoiser = { maskId: parity.maskId, shift: true, openFraction: 0 };
    const model: DirectModel = { forward, denoiser, passes: 3, seed: 0 };
    const ids = Int32Array.of(260, 17, 93, 141, 55, 301, 9, 188, 322, 64, 5, 77);
    const suffixOf = (from: number) => Array.from({ length: ids.length - from }, (_, i) => from + i);
    const lowered = { ids, scored: suffixOf(1), crossing: false };
    const [causal] = await answerDirectly([{ kind: 'loglikelihood', lowered }], model);
    if (causal === undefined || !('greedy' in causal)) throw new TypeError('a log-likelihood was asked for');
    const near = (found: number, expected: number | undefined) =>
      expect(Math.abs(found - (expected as number))).toBeLessThanOrEqual(tolerance);
    const suffixes = await answerDirectly(
      suffixOf(1).map((from) => ({ kind: 'masked', ids, mask: suffixOf(from), attention: 0, key: '' })),
      model,
    );
    suffixes.forEach((suffix, i) => {
      if (!('tokens' in suffix) || Array.isArray(suffix.tokens)) throw new TypeError('masked tokens were asked for');
      near((suffix.tokens as Record<string, number>)[i + 1] as number, causal.tokens[i]);
    });
    const last = { ids, scored: [ids.length - 1], crossing: false };
    const [bound] = await answerDirectly([{ kind: 'denoising', lowered: last, steps: [1], key: '' }], model);
    if (bound === undefined || !('nelbo' in bound)) throw new TypeError('a bound was asked for');
    expect(bound).toMatchObject({ exact: true, nfe: 1 });
    near(-bound.nelbo, causal.tokens.at(-1));
    near(-(bound.official_T[1] as number), causal.tokens.at(-1));
  });
});

describe('T36: one task leaves nothing behind for the next', () => {
  const SETTINGS = { estimator: 'test/1', seed: 0, steps: [32], passes: 16, draws: 1, openFraction: 1, shift: true };

  it.each(['canonical', 'paper'] as const)('HellaSwag after LAMBADA still runs with T = 32 (%s)', async (protocol) => {
    const settings: ScoringSettings = { ...SETTINGS, protocol };
    const used = await tinyDiffusion();
    const lambada = await used.answer(await asks('lambada', protocol), settings);
    const second = await used.answer(await asks('hellaswag', protocol), settings);
    const fresh = await tinyDiffusion();
    expect(second).toEqual(await fresh.answer(await asks('hellaswag', protocol), settings));
    for (const response of [...lambada, ...second]) {
      if (response.kind !== 'answered') throw new TypeError(response.kind);
      const quantities = response.views.default?.alternatives.map((alternative) => Object.keys(alternative.quantities));
      const expected = protocol === 'paper' ? ['official@32'] : ['nelbo', 'nelbo@32', 'official@32'];
      // Short answers have their likelihood itself, too.
      const ofAll = (names: readonly string[]) => names.filter((name) => !['marginal', 'likelihood@32'].includes(name));
      for (const names of quantities ?? []) expect(ofAll(names)).toEqual(expected);
    }
    // Every step but the emptiest masks something: four endings take most of 4 · 32 passes, repeated masks shared.
    const nfe = second.map((response) => (response.kind === 'answered' ? response.nfe : 0));
    if (protocol === 'paper') for (const passes of nfe) expect(passes).toBeGreaterThan(4 * 8);
    await used.dispose();
    await fresh.dispose();
  });

  async function tinyDiffusion(): Promise<LanguageModel> {
    const folder = fileURLToPath(new URL('../../models/random-diffugpt', import.meta.url));
    const tokenizer = await loadTokenizer(folder);
    if (tokenizer === null) throw new TypeError('the tiny model has a tokenizer');
    const checkpoint = await openCheckpoint(folder);
    return openLanguageModel({ checkpoint, tokenizer, engine: await onnxEngine({ threads: 1 }) });
  }

  async function asks(name: string, protocol: 'canonical' | 'paper') {
    const task = TASKS.find((candidate) => candidate.name === name);
    if (task === undefined) throw new TypeError(name);
    const { rows } = await loadTask(task, { dataDir: null, allowFixtures: true, onlyFixtures: true, limit: 2 });
    return rows.map((row, index) => {
      const question = task.protocols[protocol]?.question(row);
      if (question === undefined) throw new TypeError(protocol);
      return { key: task.id(row, index), question };
    });
  }
});
