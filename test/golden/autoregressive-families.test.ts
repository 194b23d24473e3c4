/** Qwen2, Qwen3, LLaMA with scaled positions and biases, GPT-Neo: every number that their published classes gave, on both engines. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecoderArchitecture } from '../../src/architectures/decoder.ts';
import { rotaryFrequencies } from '../../src/architectures/rotary.ts';
import { scaledFrequency } from '../../src/architectures/rotary-scaling.ts';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { CANONICAL_TEXT } from '../../src/lm/writing/continuation-text.ts';
import { openTextGenerator } from '../../src/lm/writing/text-generator.ts';
import {
  ENGINES2,
  GOLDEN2,
  golden2Folder,
  logitsOf,
  type OpenedNet,
  openNet2,
  readGolden2,
  SKIPPED,
  sequenceOf,
  worst,
} from './golden2.ts';
import { ID_TOKENIZER } from './id-tokenizer.ts';

interface Golden {
  readonly rope_inverse_frequencies?: readonly number[];
  readonly forward: readonly {
    readonly name: string;
    readonly input_ids: readonly (readonly number[])[];
    readonly positions: readonly number[];
    readonly logits: readonly (readonly (readonly number[])[])[];
    readonly argmax: readonly (readonly number[])[];
  }[];
  readonly batch_of_different_lengths: {
    readonly rows: readonly (readonly number[])[];
    readonly target_logprobs: readonly (readonly number[])[];
    readonly last_argmax: readonly number[];
  };
  readonly greedy: readonly { readonly prompt_ids: readonly number[]; readonly new_ids: readonly number[] }[];
}

const NAMES = [
  'qwen2-tiny-ar',
  'qwen2-tiny-ar-untied',
  'qwen3-tiny-ar',
  'llama-rope3-tiny-ar',
  'llama-rope3-tiny-ar-newconfig',
  'llama-linear-tiny-ar',
  'llama-linear-tiny-ar-newconfig',
  'gptneo-tiny-ar',
] as const;
/** Of GPT-Neo, two mistakes (erf GELU, another ε) show by little more than the tolerance of the others. */
const toleranceOf = (name: string, usual: number): number =>
  name === 'gptneo-tiny-ar' ? Math.min(usual, 5e-5) : usual;
const CAUSAL = { kind: 'causal' } as const;

describe.skipIf(GOLDEN2 === null)(`golden2, read left to right${SKIPPED}`, () => {
  describe.each(
    ENGINES2.flatMap((on) => NAMES.map((name) => ({ name, ...on, tolerance: toleranceOf(name, on.tolerance) }))),
  )('$name on $engine', ({ name, make, tolerance }) => {
    let golden: Golden;
    let net: OpenedNet;
    beforeAll(async () => {
      golden = readGolden2<Golden>(name);
      net = await openNet2(name, make);
    });
    afterAll(() => net.logits.dispose());

    it('gives every logit', async () => {
      for (const { input_ids, positions, logits, argmax } of golden.forward) {
        const [ids = [], expected = [], best = []] = [input_ids[0], logits[0], argmax[0]];
        const found = await logitsOf(net, sequenceOf(ids, CAUSAL), positions);
        found.forEach((row, i) => {
          expect(worst(row, expected[i] as readonly number[])).toBeLessThan(tolerance);
        });
        const reads = ids.map((_, row) => ({ row, target: 0 }));
        const [readings] = await net.forward([sequenceOf(ids, CAUSAL, reads)]);
        expect([...(readings?.best ?? [])]).toEqual(best);
      }
    });

    it('gives rows of a batch of different lengths what they get alone', async () => {
      const { rows, target_logprobs, last_argmax } = golden.batch_of_different_lengths;
      const sequences = rows.map((ids) =>
        sequenceOf(
          ids,
          CAUSAL,
          ids.map((_, row) => ({ row, target: ids[row + 1] ?? 0 })),
        ),
      );
      const readings = await net.forward(sequences);
      rows.forEach((ids, row) => {
        const { logprobs = [], best = [] } = readings[row] ?? {};
        expect(worst(logprobs.slice(0, -1), target_logprobs[row] as readonly number[])).toBeLessThan(tolerance);
        expect(best[ids.length - 1]).toBe(last_argmax[row]);
      });
    });

    it('writes every golden continuation', async () => {
      const generator = openTextGenerator(net.checkpoint, ID_TOKENIZER, await make());
      const requests = golden.greedy.map(({ prompt_ids, new_ids }) => ({
        key: '',
        prompt: Int32Array.from(prompt_ids),
        length: { tokens: new_ids.length, source: 'fixed' as const },
        stops: [],
        endIds: [],
        text: CANONICAL_TEXT,
      }));
      const found = await generator.generate(requests, { kind: 'greedy' });
      await generator.dispose();
      expect(found.map((each) => each.kind === 'generated' && [...each.ids])).toEqual(
        golden.greedy.map(({ new_ids }) => new_ids),
      );
    });
  });

  it.each(NAMES.filter((name) => name.startsWith('llama')))('%s turns at the published frequencies', async (name) => {
    const { rope_inverse_frequencies: expected = [] } = readGolden2<Golden>(name);
    const net = (await openCheckpoint(golden2Folder(name))).architecture as DecoderArchitecture;
    const found = rotaryFrequencies(net.headWidth, net.ropeBase, scaledFrequency(net));
    // Eight digits are written; the files' own noise is 1.7e-7.
    expect(
      worst(
        found.map((each, i) => each / (expected[i] as number)),
        expected.map(() => 1),
      ),
    ).toBeLessThan(4e-7);
  });

  it.each(['llama-rope3-tiny-ar', 'llama-linear-tiny-ar'])(
    '%s has one digest under both spellings of its config',
    async (name) => {
      const [old, newer] = [name, `${name}-newconfig`].map((each) => openCheckpoint(golden2Folder(each)));
      expect(await (await newer)?.digest()).toBe(await (await old)?.digest());
    },
  );
});

describe.skipIf(GOLDEN2 === null)(`traps 1 to 6: what a plausible reading would do${SKIPPED}`, () => {
  const open = async (name: string) => openCheckpoint(golden2Folder(name));

  it('1: Qwen2 has biases of q, k and v that no field announces; attention_bias of LLaMA gives o one too', async () => {
    const biases = async (name: string) =>
      [...(await open(name)).tensors.keys()].filter((each) => /layers\.0\..*\.bias$/.test(each));
    expect(await biases('qwen2-tiny-ar')).toHaveLength(3);
    expect(await biases('llama-linear-tiny-ar')).toHaveLength(4);
    expect(await biases('qwen3-tiny-ar')).toHaveLength(0);
  });

  it('2: a window that is not used hides nothing', async () => {
    expect((await open('qwen2-tiny-ar')).architecture.contextLength).toBe(64);
  });

  it('7 to 11: GPT-Neo has no biases of q, k and v, local layers, and buffers that look like biases', async () => {
    const { architecture, tensors } = await open('gptneo-tiny-ar');
    expect(architecture).toMatchObject({ localLayers: [1, 3], window: 8, innerWidth: 192 });
    expect([...tensors.keys()].filter((name) => /attention\.(bias|masked_bias|[qkv]_proj\.bias)$/.test(name))).toEqual(
      [],
    );
  });

  it('3, 4, 6: width of heads, base of positions and number of key heads are the ones that count', async () => {
    expect((await open('qwen3-tiny-ar')).architecture).toMatchObject({
      headWidth: 16,
      heads: 4,
      width: 48,
      headNorms: true,
    });
    expect((await open('llama-rope3-tiny-ar-newconfig')).architecture).toMatchObject({ ropeBase: 5e5 });
    expect((await open('llama-linear-tiny-ar')).architecture).toMatchObject({ keyValueHeads: 4, tiedHead: true });
    expect((await open('llama-rope3-tiny-ar')).endIds).toEqual([2, 3]);
  });
});
