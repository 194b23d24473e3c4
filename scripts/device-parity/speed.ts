import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { DeviceName, WeightDtype } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { type OpenNet, openNet } from '../../src/lm/forward/forward.ts';
import { checkpointOf, secondsOf } from '../bench-scoring/workbench.ts';
import { asSequence } from '../dtype-parity/forward-errors.ts';

const [SEQUENCES, LENGTH, ROUNDS] = [8, 128, 5];

/** Seconds a pass of the CPU and of the device in each dtype, taken in turn, best of the rounds; a table. */
export async function speedLines(
  shape: string,
  device: DeviceName,
  dtypes: readonly WeightDtype[],
): Promise<readonly string[]> {
  const checkpoint = await checkpointOf(shape as never, shape.startsWith('llama') ? ('llama' as never) : 'gpt2');
  const places = [['cpu', 'float32'] as const, ...dtypes.map((dtype) => [device, dtype] as const)];
  const best = new Map<string, number>();
  for (const [place, dtype] of places) {
    const net = await openNet(checkpoint, await onnxEngine({ device: place, dtype }));
    best.set(`${place} | ${dtype}`, await bestOf(net, checkpoint));
    await net.dispose();
  }
  const cpu = best.get('cpu | float32') as number;
  const rows = [...best].map(([key, seconds]) => `| ${key} | ${seconds.toFixed(3)} | ${(cpu / seconds).toFixed(2)} |`);
  return ['| device | dtype | seconds a pass | times the CPU |', '|---|---|---|---|', ...rows];
}

/** The first pass, in which kernels are compiled, does not count. */
async function bestOf({ forward }: OpenNet, checkpoint: Checkpoint): Promise<number> {
  const ids = (s: number) =>
    Int32Array.from({ length: LENGTH }, (_, i) => (31 * i + 7 * s + 1) % checkpoint.architecture.vocabularyRows);
  const sequences = Array.from({ length: SEQUENCES }, (_, s) => asSequence(ids(s), checkpoint));
  await forward(sequences);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, await secondsOf(() => forward(sequences)));
  return best;
}
