import { beforeAll, describe, expect, it } from 'vitest';
import { openGolden } from '../../../test/golden/golden-checkpoint.ts';
import { statesOf } from '../../../test/scripted/states-of.ts';
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { Engine } from '../../engines/engine.ts';
import { onnxEngine } from '../../engines/onnx/engine.ts';
import { denoiseCanvases, openInfiller } from './proposer.ts';

const DENOISER = { maskId: 384, shift: true, openFraction: 1 };

describe('writing into canvases', () => {
  let parts: { checkpoint: Checkpoint; engine: Engine };
  const canvases = [0, 1].map((draw) => ({
    key: 'x',
    draw,
    ids: Int32Array.from({ length: 20 }, (_, i) => 5 * i),
    maskable: [4, 5, 6, 12, 19],
  }));

  beforeAll(async () => {
    parts = { checkpoint: await openGolden('diffugpt-tiny'), engine: await onnxEngine() };
  });

  it('gives ids, forwards and steps, and a trace only where it is asked for', async () => {
    const plain = await denoiseCanvases(canvases, { steps: 8, temperature: 1 }, DENOISER, parts);
    expect(plain.map(({ nfe, steps }) => ({ nfe, steps }))).toEqual([
      { nfe: 5, steps: 8 },
      { nfe: 5, steps: 8 },
    ]);
    expect(plain.every((result) => !('trace' in result))).toBe(true);
    const traced = await denoiseCanvases(canvases, { steps: 8, temperature: 1 }, DENOISER, { ...parts, trace: true });
    expect(traced.map(({ ids }) => ids)).toEqual(plain.map(({ ids }) => ids));
    traced.forEach(({ ids, trace }, i) => {
      const states = statesOf(canvases[i] as (typeof canvases)[number], 384, trace ?? []);
      expect(states).toHaveLength(6);
      expect(states[0]?.filter((id) => id === 384)).toHaveLength(5);
      expect(states.at(-1)).toEqual(ids);
    });
  });

  it.each([
    { tokens: 'argmax' },
    { tokens: 'drawn', temperature: 2 },
    { tokens: 'drawn', temperature: 2, topP: 0.9 },
  ] as const)('writes the mask only in the published form ($tokens, top-p $topP)', async (how) => {
    const wrote = async (form: 'canonical' | 'paper') => {
      const many = Array.from({ length: 40 }, (_, draw) => ({
        key: 'x',
        draw,
        ids: Int32Array.from({ length: 20 }, (_id, i) => (7 * draw + 11 * i) % 384),
        maskable: Array.from({ length: 16 }, (_position, i) => 4 + i),
      }));
      const written = await denoiseCanvases(many, { steps: 4, form, ...how }, DENOISER, parts);
      return written.flatMap(({ ids }) => [...ids.slice(4)]);
    };
    expect(await wrote('paper')).toContain(DENOISER.maskId);
    expect(await wrote('canonical')).not.toContain(DENOISER.maskId);
  });

  it('answers requests of both forms in one call as in two', async () => {
    const infiller = openInfiller(parts.checkpoint, parts.engine);
    const [canvas] = canvases as [(typeof canvases)[number]];
    const requests = (['paper', 'canonical'] as const).map((form) => ({ canvas, sampler: { steps: 3, form } }));
    const together = await infiller.infill(requests, DENOISER);
    const apart = await Promise.all(requests.map((request) => infiller.infill([request], DENOISER)));
    expect(together).toEqual(apart.flat());
    await infiller.dispose();
  });

  it('refuses a bad request before it loads any weights', async () => {
    const engine: Engine = {
      ...parts.engine,
      compile: () => {
        throw new TypeError('loaded');
      },
    };
    const infiller = openInfiller(parts.checkpoint, engine);
    const [canvas] = canvases as [(typeof canvases)[number]];
    const infill = (maskable: readonly number[], steps: number) =>
      infiller.infill([{ canvas: { ...canvas, maskable }, sampler: { steps } }], DENOISER);
    await expect(infill([20], 1)).rejects.toMatchObject({ code: 'bad-request' });
    await expect(infill([1], 0)).rejects.toMatchObject({ code: 'bad-request' });
    await expect(infill([1], 1)).rejects.toThrow('loaded');
    expect(await infill([], 3)).toMatchObject([{ nfe: 0, steps: 3, ids: canvas.ids }]);
    await infiller.dispose().catch(() => undefined);
  });

  it('stops between two forwards when the signal says so', async () => {
    const options = { ...parts, signal: AbortSignal.abort() };
    const interrupted = denoiseCanvases(canvases, { steps: 4 }, DENOISER, options);
    await expect(interrupted).rejects.toMatchObject({ code: 'interrupted' });
  });
});
