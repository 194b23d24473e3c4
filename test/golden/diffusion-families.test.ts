/** Dream, LLaDA, A2D, SDAR: what their published classes and estimators gave, with the masks that they drew, on both engines. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { denoiserOf } from '../../src/lm/likelihood/checkpoint-denoiser.ts';
import { attentionOf, type Denoiser, noisedInput } from '../../src/lm/likelihood/noised-input.ts';
import { rankingRow } from '../../src/lm/shift.ts';
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

type Rows = readonly (readonly number[])[];

interface Golden {
  readonly mask_token_id: number;
  readonly shift: boolean;
  readonly forward: readonly {
    readonly name: string;
    readonly original_ids: Rows;
    readonly mask: readonly string[];
    readonly input_ids: Rows;
    readonly positions: readonly number[];
    readonly logits: readonly Rows[];
    readonly argmax: Rows;
    readonly read_logprobs: Rows;
  }[];
  readonly batch_of_different_lengths?: {
    readonly original_rows: Rows;
    readonly masks: readonly string[];
    readonly read_logprobs: Rows;
  };
}

/** The network, and what answers requests about it. */
interface Opened extends OpenedNet {
  readonly denoiser: Denoiser;
}

async function open(name: string, make: (typeof ENGINES2)[number]['make'], maskId?: number): Promise<Opened> {
  const net = await openNet2(name, make, maskId === undefined ? {} : { maskId });
  const { shift } = net.checkpoint.options;
  return { ...net, denoiser: denoiserOf(net.checkpoint, { shift, openFraction: 1 }, 'the test') };
}

/** A2D's mask is in no file. */
const NAMES = [
  { name: 'dream-tiny', flags: undefined },
  { name: 'llada-tiny', flags: undefined },
  { name: 'sdar-tiny', flags: undefined },
  { name: 'a2d-qwen3-tiny', flags: 300 },
] as const;

const positionsOf = (mask: string): number[] => [...mask].flatMap((bit, position) => (bit === '1' ? [position] : []));
const every = (ids: readonly number[]): number[] => ids.map((_, position) => position);

/** Log-probabilities of the original tokens at `asked`, where the model predicts them; entry 0 under the shift reads row 0. */
async function readAt(
  { forward, denoiser }: Opened,
  original: readonly number[],
  masked: readonly number[],
  asked: readonly number[],
): Promise<readonly number[]> {
  const attention = attentionOf(original.length, denoiser, 0);
  const { ids } = noisedInput(Int32Array.from(original), masked, [], denoiser, attention);
  const reads = asked.map((position) => ({
    row: rankingRow(position, denoiser.shift),
    target: original[position] as number,
  }));
  const [readings] = await forward([sequenceOf(ids, attention, reads)]);
  return [...(readings?.logprobs ?? [])];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Estimates are weighted sums of many log-probabilities: the README gives their noise relative to their size. */
const near = (found: number, expected: number, tolerance: number): void =>
  expect(Math.abs(found - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(tolerance);

describe.skipIf(GOLDEN2 === null)(`golden2, read by denoising${SKIPPED}`, () => {
  describe.each(ENGINES2.flatMap((on) => NAMES.map((each) => ({ ...each, ...on }))))(
    '$name on $engine',
    ({ name, flags, make, tolerance }) => {
      let golden: Golden;
      let net: Opened;
      beforeAll(async () => {
        golden = readGolden2<Golden>(name);
        net = await open(name, make, flags);
      });
      afterAll(() => net.logits.dispose());

      it('says by its files how it answers', () => {
        const { mask_token_id: maskId, shift } = golden;
        expect(net.checkpoint.options).toMatchObject({ family: 'diffusion', maskId, shift });
        expect(net.checkpoint.options.blockLength).toBe(name === 'sdar-tiny' ? 4 : undefined);
      });

      it('gives every logit and log-probability', async () => {
        for (const { original_ids, mask, input_ids, positions, logits, argmax, read_logprobs } of golden.forward) {
          for (const [row, ids] of input_ids.entries()) {
            const original = original_ids[row] as readonly number[];
            const attention = attentionOf(ids.length, net.denoiser, 0);
            const found = await logitsOf(net, sequenceOf(ids, attention), positions);
            found.forEach((each, i) => {
              expect(worst(each, logits[row]?.[i] as readonly number[])).toBeLessThan(tolerance);
            });
            const reads = every(ids).map((at) => ({ row: at, target: 0 }));
            const [readings] = await net.forward([sequenceOf(ids, attention, reads)]);
            expect([...(readings?.best ?? [])]).toEqual(argmax[row]);
            const logprobs = await readAt(net, original, positionsOf(mask[row] as string), every(ids));
            expect(worst(logprobs, read_logprobs[row] as readonly number[])).toBeLessThan(tolerance);
          }
        }
      });

      it('gives rows of a batch of different lengths what they get alone', async () => {
        const { original_rows = [], masks = [], read_logprobs = [] } = golden.batch_of_different_lengths ?? {};
        const sequences = original_rows.map((original, row) => {
          const attention = attentionOf(original.length, net.denoiser, 0);
          const masked = positionsOf(masks[row] as string);
          const { ids } = noisedInput(Int32Array.from(original), masked, [], net.denoiser, attention);
          const reads = every(original).map((position) => ({
            row: rankingRow(position, net.denoiser.shift),
            target: original[position] as number,
          }));
          return sequenceOf(ids, attention, reads);
        });
        const readings = sequences.length === 0 ? [] : await net.forward(sequences);
        readings.forEach(({ logprobs }, row) => {
          expect(worst(logprobs, read_logprobs[row] as readonly number[])).toBeLessThan(tolerance);
        });
      });
    },
  );

  describe.each(ENGINES2)("Dream's estimators on $engine", ({ make, tolerance }) => {
    interface Estimates {
      readonly likelihood_mc: readonly {
        readonly prefix_ids: readonly number[];
        readonly target_ids: readonly number[];
        readonly log_type: string;
        readonly batch_size: number;
        readonly rounds: readonly { readonly p_mask: readonly number[]; readonly masks: readonly string[] }[];
        readonly nll: number;
        readonly loglikelihood: number;
      }[];
      readonly likelihood_one_at_a_time: readonly {
        readonly nll_type: 'ar_ftb' | 'ar_btf';
        readonly prefix_ids: readonly number[];
        readonly target_ids: readonly number[];
        readonly nll: number;
      }[];
    }
    let net: Opened;
    beforeAll(async () => {
      net = await open('dream-tiny', make);
    });
    afterAll(() => net.logits.dispose());

    it('weigh every position whose input is the mask by 1 / p_mask of its row (13, 14, 16, 21)', async () => {
      for (const item of readGolden2<Estimates>('dream-tiny').likelihood_mc) {
        const original = [...item.prefix_ids, ...item.target_ids];
        const rounds: number[] = [];
        for (const { p_mask, masks } of item.rounds) {
          const rows: number[] = [];
          for (const [row, mask] of masks.entries()) {
            expect(mask.startsWith('1') || mask.endsWith('1')).toBe(false);
            const masked = positionsOf(mask);
            const asked = every(original).filter((p) => masked.includes(p) || original[p] === net.denoiser.maskId);
            const logprobs = asked.length === 0 ? [] : await readAt(net, original, masked, asked);
            rows.push(-sum(logprobs) / (p_mask[row] as number));
          }
          rounds.push(sum(rows) / item.batch_size);
        }
        near(mean(rounds), item.nll, tolerance);
        near(
          item.log_type === 'union' ? -mean(rounds) / original.length : -mean(rounds),
          item.loglikelihood,
          tolerance,
        );
      }
    });

    it('one at a time: with all later ones masked, or all earlier ones', async () => {
      for (const { nll_type, prefix_ids, target_ids, nll } of readGolden2<Estimates>('dream-tiny')
        .likelihood_one_at_a_time) {
        const original = [...prefix_ids, ...target_ids];
        const targets = target_ids.map((_, i) => prefix_ids.length + i);
        const logprobs: number[] = [];
        for (const position of targets) {
          const masked = targets.filter((other) => (nll_type === 'ar_ftb' ? other >= position : other <= position));
          logprobs.push(...(await readAt(net, original, masked, [position])));
        }
        near(-sum(logprobs), nll, tolerance);
      }
    });
  });

  describe.each(
    ENGINES2.flatMap((on) => [
      { ...on, name: 'llada-tiny', flags: undefined },
      { ...on, name: 'a2d-qwen3-tiny', flags: 300 },
    ]),
  )("$name's estimator on $engine", ({ name, flags, make, tolerance }) => {
    interface Estimates {
      readonly get_log_likelihood: readonly {
        readonly prompt_ids: readonly number[];
        readonly answer_ids: readonly number[];
        readonly batch_size: number;
        readonly cfg_scale: number;
        readonly rounds: readonly { readonly masks: readonly string[]; readonly masked_counts: readonly number[] }[];
        readonly loglikelihood: number;
      }[];
      readonly suffix_greedy_prediction?: readonly {
        readonly prompt_ids: readonly number[];
        readonly target_ids: readonly number[];
        readonly is_greedy: boolean;
      }[];
    }
    let net: Opened;
    beforeAll(async () => {
      net = await open(name, make, flags);
    });
    afterAll(() => net.logits.dispose());

    it('weighs every position whose input is the mask by L / n of its row (21)', async () => {
      for (const item of readGolden2<Estimates>(name).get_log_likelihood) {
        const { prompt_ids: prompt, answer_ids: answer, cfg_scale: w } = item;
        const original = [...prompt, ...answer];
        const rounds: number[] = [];
        for (const { masks, masked_counts } of item.rounds) {
          const rows: number[] = [];
          for (const [row, mask] of masks.entries()) {
            const masked = positionsOf(mask).map((position) => prompt.length + position);
            const asked = every(original).filter((p) => masked.includes(p) || original[p] === net.denoiser.maskId);
            const logprobs =
              w === 0
                ? await readAt(net, original, masked, asked)
                : await guided(net, original, masked, asked, prompt.length, w);
            rows.push((-sum(logprobs) * answer.length) / (masked_counts[row] as number));
          }
          rounds.push(sum(rows) / item.batch_size);
        }
        near(-mean(rounds), item.loglikelihood, tolerance);
      }
    });

    it('finds which answers would be written, one token a step by confidence', async () => {
      for (const { prompt_ids, target_ids, is_greedy } of readGolden2<Estimates>(name).suffix_greedy_prediction ?? []) {
        expect(await isWritten(net, prompt_ids, target_ids)).toBe(is_greedy);
      }
    });
  });

  it.each(ENGINES2)(
    'SDAR on $engine: block by block is the run of a noisy and a clean copy (25)',
    async ({ make, tolerance }) => {
      interface Streams {
        readonly noisy_and_clean_in_one_run: readonly {
          readonly original_ids: readonly number[];
          readonly mask: string;
          readonly logprobs_at_masked_positions: readonly number[];
        }[];
      }
      const net = await open('sdar-tiny', make);
      const block = net.denoiser.blockLength as number;
      for (const item of readGolden2<Streams>('sdar-tiny').noisy_and_clean_in_one_run) {
        const masked = positionsOf(item.mask);
        const found: number[] = [];
        for (let start = 0; start < item.original_ids.length; start += block) {
          const inBlock = masked.filter((position) => position >= start && position < start + block);
          if (inBlock.length === 0) continue;
          found.push(...(await readAt(net, item.original_ids.slice(0, start + block), inBlock, inBlock)));
        }
        expect(worst(found, item.logprobs_at_masked_positions)).toBeLessThan(tolerance);
      }
      await net.logits.dispose();
    },
  );
});

/** Guidance: u + (w + 1) (l − u), with u the logits where the prompt is masked too. */
async function guided(
  net: Opened,
  original: readonly number[],
  masked: readonly number[],
  asked: readonly number[],
  promptLength: number,
  w: number,
): Promise<readonly number[]> {
  const rows = asked.map((position) => rankingRow(position, net.denoiser.shift));
  const logitsWith = (hidden: readonly number[]) => {
    const attention = attentionOf(original.length, net.denoiser, 0);
    const { ids } = noisedInput(Int32Array.from(original), hidden, [], net.denoiser, attention);
    return logitsOf(net, sequenceOf(ids, attention), rows);
  };
  const prompt = Array.from({ length: promptLength }, (_, position) => position);
  const [given, free] = [await logitsWith(masked), await logitsWith([...prompt, ...masked])];
  return asked.map((position, i) => {
    const l = given[i] as ArrayLike<number>;
    const u = free[i] as ArrayLike<number>;
    const mixed = Array.from(l, (value, v) => (u[v] as number) + (w + 1) * (value - (u[v] as number)));
    const most = Math.max(...mixed);
    const total = Math.log(sum(mixed.map((value) => Math.exp(value - most)))) + most;
    return (mixed[original[position] as number] as number) - total;
  });
}

async function isWritten(net: Opened, prompt: readonly number[], target: readonly number[]): Promise<boolean> {
  const original = [...prompt, ...target];
  let masked = target.map((_, i) => prompt.length + i);
  while (masked.length > 0) {
    const attention = attentionOf(original.length, net.denoiser, 0);
    const { ids, reads } = noisedInput(Int32Array.from(original), masked, masked, net.denoiser, attention);
    const [readings] = await net.forward([sequenceOf(ids, attention, reads)]);
    const confidences = [...(readings?.bestLogprobs ?? [])];
    const chosen = confidences.indexOf(Math.max(...confidences));
    const position = masked[chosen] as number;
    if (readings?.best[chosen] !== original[position]) return false;
    masked = masked.filter((other) => other !== position);
  }
  return true;
}

describe.skipIf(GOLDEN2 === null)(`traps: what a plausible reading would do${SKIPPED}`, () => {
  const onnx = ENGINES2[0].make;

  /** Largest difference of a log-probability where the trap is stepped into. */
  async function off(name: string, denoiser: (own: Denoiser) => Denoiser, flags?: number): Promise<number> {
    const net = await open(name, onnx, flags);
    const item = readGolden2<Golden>(name).forward.find(({ name: called }) => called === '17 tokens, some masked');
    const [original = [], mask = ''] = [item?.original_ids[0], item?.mask[0]];
    const read = await readAt(
      { ...net, denoiser: denoiser(net.denoiser) },
      original,
      positionsOf(mask),
      every(original),
    );
    await net.logits.dispose();
    return worst(read, item?.read_logprobs[0] ?? []);
  }

  it('attention and shift of each family are seen: another is off by nats', async () => {
    const causal = (own: Denoiser): Denoiser => ({ ...own, openFraction: 0 });
    expect(await off('dream-tiny', causal)).toBeGreaterThan(1);
    expect(await off('dream-tiny', (own) => ({ ...own, shift: false }))).toBeGreaterThan(1);
    expect(await off('a2d-qwen3-tiny', causal, 300)).toBeGreaterThan(1);
    expect(await off('llada-tiny', (own) => ({ ...own, shift: true }))).toBeGreaterThan(1);
    expect(await off('sdar-tiny', ({ blockLength: _, ...own }) => own)).toBeGreaterThan(1);
    expect(await off('sdar-tiny', (own) => ({ ...own, blockLength: 3 }))).toBeGreaterThan(1);
  });

  it('15: the mask of Dream is in config.json, not in the generation_config.json beside it', async () => {
    const net = await open('dream-tiny', onnx);
    expect(net.checkpoint.options).toEqual({ family: 'diffusion', maskId: 311, shift: true });
    await net.logits.dispose();
  });

  it('18, 19: ff_out is a layer and the head; the rows of the embedding decide', async () => {
    const { checkpoint } = await openNet2('llada-tiny', onnx);
    expect(checkpoint.tensors.get('ff_out.weight')?.publishedName).toBe('model.transformer.ff_out.weight');
    expect(checkpoint.tensors.get('blocks.0.ff_out.weight')?.shape).toEqual([48, 96]);
    expect(checkpoint.architecture).toMatchObject({ vocabularyRows: 320, tiedHead: false, ropeBase: 5e5 });
  });
});

describe.skipIf(GOLDEN2 === null)(`configs as published${SKIPPED}`, () => {
  it.each([
    ...[
      'dream-tiny',
      'llada-tiny',
      'sdar-tiny',
      'qwen2-tiny-ar',
      'qwen3-tiny-ar',
      'gptneo-tiny-ar',
      'mdlm-tiny',
      'bd3lm-tiny',
    ],
    ...[
      'llama-rope3-tiny-ar',
      'llama-rope3-tiny-ar-newconfig',
      'llama-linear-tiny-ar',
      'llama-linear-tiny-ar-newconfig',
    ],
  ])('%s has no field of which nothing is known', async (name) => {
    expect((await openCheckpoint(golden2Folder(name))).notes).toEqual([]);
  });
});

describe.skipIf(GOLDEN2 === null)(`what files fix, nothing contradicts${SKIPPED}`, () => {
  const refusalOf = async (name: string, flags: Parameters<typeof openCheckpoint>[1]): Promise<string> =>
    openCheckpoint(golden2Folder(name), flags).then(
      () => 'opened',
      ({ message }: Error) => message.slice(message.indexOf(': ') + 2),
    );

  it.each([
    ['dream-tiny', { maskId: 5 }, 'mask id 5 (flag), but config.json says 311'],
    ['dream-tiny', { shift: false }, 'shift off (flag), but config.json says on'],
    ['llada-tiny', { family: 'autoregressive' }, 'family autoregressive (flag), but config.json says diffusion'],
    ['sdar-tiny', { blockLength: 8 }, 'block length 8 (flag), but config.json says 4'],
    ['qwen3-tiny-ar', { blockLength: 8 }, 'a block length is given for an autoregressive model'],
    ['a2d-qwen3-tiny', {}, 'a diffusion model, but nothing says which token is its mask'],
    ['a2d-qwen3-tiny', { maskId: 300, shift: true, blockLength: 32 }, 'opened'],
    ['dream-tiny', { maskId: 311, shift: true }, 'opened'],
  ] as const)('%s with %j: %s', async (name, flags, message) => {
    expect(await refusalOf(name, flags)).toBe(message);
  });
});
