/**
 * The samplers that Dream, LLaDA, dLLM and SDAR published: every state of every path of golden2, on both engines, and the traps of its
 * README that concern them (12, 20, 20b, 22, 23, 24, 26).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { denoiserOf } from '../../src/lm/likelihood/checkpoint-denoiser.ts';
import type { Denoiser } from '../../src/lm/likelihood/noised-input.ts';
import { type Infilled, type Infiller, infillerWith } from '../../src/lm/writing/infill.ts';
import type { Proposer } from '../../src/lm/writing/proposal.ts';
import { proposerOf } from '../../src/lm/writing/proposer.ts';
import { dllmCount, dreamCount, evenCount } from '../../src/lm/writing/reveal-schedule.ts';
import type { Canvas, Draws, SamplerOptions } from '../../src/lm/writing/sampler.ts';
import { statesOf } from '../scripted/states-of.ts';
import { ENGINES2, GOLDEN2, type OpenedNet, openNet2, readGolden2, SKIPPED } from './golden2.ts';

type Ids = readonly number[];
interface Path {
  readonly prompt_ids: Ids;
  readonly steps: number;
}
interface DreamPath extends Path {
  readonly alg: 'origin' | 'maskgit_plus' | 'entropy' | 'topk_margin';
  readonly max_new_tokens: number;
  readonly after_each_step: readonly Ids[];
  readonly draws_in_each_step_for_the_masked_positions?: readonly Ids[];
}
interface BlockPath extends Path {
  readonly gen_length?: number;
  readonly max_new_tokens?: number;
  readonly block_length?: number;
  readonly block_size?: number;
  readonly inputs_of_each_run: readonly Ids[];
  readonly returned: Ids;
}
interface SdarPath extends Omit<Path, 'steps'> {
  readonly remasking_strategy: 'low_confidence_static' | 'low_confidence_dynamic' | 'sequential';
  readonly denoising_steps: number;
  readonly confidence_threshold: number | null;
  readonly before_each_denoising_run: readonly Ids[];
  readonly returned: Ids;
}
interface Counts {
  readonly masked: number;
  readonly steps: number;
  readonly counts?: Ids;
  readonly revealed_in_each_step?: Ids;
}
interface Golden {
  readonly mask_token_id: number;
  readonly diffusion_generate: readonly DreamPath[];
  readonly generate: readonly BlockPath[];
  readonly dllm_mdlm_sampler: readonly BlockPath[];
  readonly block_diffusion_generate: readonly SdarPath[];
  readonly suffix_greedy_prediction: readonly { prompt_ids: Ids; target_ids: Ids; is_greedy: boolean }[];
  readonly units: {
    readonly transfer_counts: readonly Counts[];
    readonly get_num_transfer_tokens: readonly Counts[];
  };
}

const DREAM_ORDERS = {
  origin: 'origin',
  maskgit_plus: 'maskgit-plus',
  entropy: 'entropy',
  topk_margin: 'margin',
} as const;
const SDAR_ORDERS = {
  low_confidence_static: 'static',
  low_confidence_dynamic: 'dynamic',
  sequential: 'left-to-right',
} as const;

/** A prompt and so many masks behind it. */
const canvasOf = (prompt: Ids, length: number): Canvas => ({
  key: 'golden',
  draw: 0,
  ids: Int32Array.of(...prompt, ...new Int32Array(length)),
  maskable: Array.from({ length }, (_, i) => prompt.length + i),
});

describe.skipIf(GOLDEN2 === null)(`golden2, samplers of the field${SKIPPED}`, () => {
  const paths = (name: string) => {
    let golden: Golden;
    let net: OpenedNet;
    let proposer: Proposer;
    let infiller: Infiller;
    let denoiser: Denoiser;
    const open = async (make: (typeof ENGINES2)[number]['make']) => {
      golden = readGolden2<Golden>(name);
      const overrides = name === 'a2d-qwen3-tiny' ? { maskId: golden.mask_token_id } : {};
      net = await openNet2(name, make, overrides);
      proposer = proposerOf(net.checkpoint, await make());
      infiller = infillerWith(proposer, net.checkpoint.architecture.contextLength);
      const { shift } = net.checkpoint.options;
      denoiser = denoiserOf(net.checkpoint, { shift, openFraction: 1 }, 'a test');
    };
    const write = async (canvas: Canvas, sampler: SamplerOptions, draws?: Draws): Promise<Infilled> => {
      const request = { canvas, sampler: { form: 'paper', ...sampler } as const, trace: true };
      const [found] = await infiller.infill([draws === undefined ? request : { ...request, draws }], denoiser);
      return found as Infilled;
    };
    return {
      open,
      write,
      golden: () => golden,
      states: (canvas: Canvas, { trace = [] }: Infilled) =>
        statesOf(canvas, golden.mask_token_id, trace).map((state) => [...state]),
      close: async () => {
        await infiller.dispose();
        await net.logits.dispose();
      },
    };
  };

  describe.each(ENGINES2)('on $engine', ({ engine, make }) => {
    /** All of them on onnx; the slow engine takes one of each kind. */
    const some = <P>(all: readonly P[], kindOf: (path: P) => string): readonly P[] =>
      engine === 'onnx'
        ? all
        : all.filter((path, i) => all.findLastIndex((other) => kindOf(other) === kindOf(path)) === i);

    describe('dream-tiny', () => {
      const { open, write, golden, states, close } = paths('dream-tiny');
      beforeAll(() => open(make));
      afterAll(close);

      it('reveals by each of its rules as the published code does', async () => {
        for (const path of some(golden().diffusion_generate, ({ alg }) => alg)) {
          const canvas = canvasOf(path.prompt_ids, path.max_new_tokens);
          const sampler = { order: DREAM_ORDERS[path.alg], steps: path.steps };
          const written = await write(canvas, sampler, drawsOf(path, golden().mask_token_id));
          // Steps of `origin` that reveal nothing are not computed.
          const found = new Map(written.trace?.map(({ remaining }, i) => [remaining, states(canvas, written)[i + 1]]));
          let last = states(canvas, written)[0];
          path.after_each_step.forEach((wanted, i) => {
            last = found.get(path.steps - 1 - i) ?? last;
            expect(last).toEqual(wanted);
          });
          expect(written.nfe).toBe(path.steps);
        }
      });
    });

    describe.each([
      ['llada-tiny', 'block'],
      ['a2d-qwen3-tiny', 'dllm'],
    ] as const)('%s', (name, order) => {
      const { open, write, golden, states, close } = paths(name);
      beforeAll(() => open(make));
      afterAll(close);

      it('writes block after block as the published code does', async () => {
        const all = golden().generate ?? golden().dllm_mdlm_sampler;
        for (const path of some(all, () => order)) {
          const canvas = canvasOf(path.prompt_ids, path.gen_length ?? path.max_new_tokens ?? 0);
          const block = path.block_length ?? path.block_size ?? 0;
          const written = await write(canvas, { order, steps: path.steps, block });
          expect(states(canvas, written)).toEqual([...path.inputs_of_each_run, path.returned]);
          expect(written.nfe).toBe(path.inputs_of_each_run.length);
        }
        expect(all.length).toBeGreaterThan(2);
      });
    });

    describe('sdar-tiny', () => {
      const { open, write, golden, states, close } = paths('sdar-tiny');
      beforeAll(() => open(make));
      afterAll(close);

      it('reveals within the blocks of its network as the published code does; the last one whole (23)', async () => {
        for (const path of some(golden().block_diffusion_generate, ({ remasking_strategy }) => remasking_strategy)) {
          const canvas = canvasOf(path.prompt_ids, path.returned.length - path.prompt_ids.length);
          const threshold = path.confidence_threshold === null ? {} : { threshold: path.confidence_threshold };
          const order = SDAR_ORDERS[path.remasking_strategy];
          const written = await write(canvas, { order, steps: path.denoising_steps, ...threshold });
          expect(states(canvas, written)).toEqual([...path.before_each_denoising_run, path.returned]);
        }
      });
    });
  });

  it('LLaDA knows whether greedy decoding, one token a step, gives an answer', async () => {
    const { open, write, golden, close } = paths('llada-tiny');
    await open(ENGINES2[0]?.make as (typeof ENGINES2)[number]['make']);
    for (const { prompt_ids, target_ids, is_greedy } of golden().suffix_greedy_prediction) {
      const { ids } = await write(canvasOf(prompt_ids, target_ids.length), {
        order: 'static',
        steps: target_ids.length,
      });
      expect([...ids.slice(prompt_ids.length)].join() === target_ids.join()).toBe(is_greedy);
    }
    await close();
  });

  describe('counts', () => {
    const steps = (T: number) => Array.from({ length: T }, (_, i) => T - 1 - i);
    it('12: Dream reveals nothing in the first step and two in the last, and half the steps of twice as many nothing', () => {
      for (const { masked, steps: T, revealed_in_each_step } of readGolden2<Golden>('dream-tiny').units
        .transfer_counts) {
        let left = masked;
        const counts = steps(T).map((remaining) => {
          const count = dreamCount(left, remaining, T);
          left -= count;
          return count;
        });
        expect(counts).toEqual(revealed_in_each_step);
      }
    });

    it('20: LLaDA puts the remainder first', () => {
      for (const { masked, steps: T, counts } of readGolden2<Golden>('llada-tiny').units.get_num_transfer_tokens) {
        expect(steps(T).map((remaining) => evenCount(masked, remaining, T))).toEqual(counts);
      }
    });

    it('20: dLLM rounds what is left in float32, which decides exact halves, and drops steps of none', () => {
      for (const { masked, steps: T, counts } of readGolden2<Golden>('a2d-qwen3-tiny').units.get_num_transfer_tokens) {
        let left = masked;
        const found = steps(T).map((remaining) => {
          const count = dllmCount(left, remaining, T);
          left -= count;
          return count;
        });
        expect(found.filter((count) => count > 0)).toEqual(counts);
      }
      expect(dllmCount(3, 1, 3)).toBe(1);
      expect(dllmCount(2, 0, 3)).toBe(2);
    });
  });
});

/** Given numbers are those of the masked positions of a step, in order. */
function drawsOf(path: DreamPath, maskId: number): Draws | undefined {
  const rows = path.draws_in_each_step_for_the_masked_positions;
  if (rows === undefined) return undefined;
  const start = [...path.prompt_ids, ...Array<number>(path.max_new_tokens).fill(maskId)];
  const before = [start, ...path.after_each_step];
  const reveal = (remaining: number, position: number): number => {
    const step = path.steps - 1 - remaining;
    const masked = before[step]?.flatMap((id, at) => (id === maskId ? [at] : [])) ?? [];
    return rows[step]?.[masked.indexOf(position)] as number;
  };
  return { reveal, token: () => 0 };
}
