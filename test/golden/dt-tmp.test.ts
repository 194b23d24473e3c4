import { expect, it } from 'vitest';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { forwardWith } from '../../src/lm/forward/forward.ts';
import { countingPositions } from '../../src/lm/forward/sequence.ts';
import { logprobProgram } from '../../src/programs/readout.ts';
import { GOLDEN_NAMES, openGolden } from './golden-checkpoint.ts';

it.each(GOLDEN_NAMES)('%s', async (name) => {
  const { architecture, tensors, digest } = await openGolden(name);
  const sequences = Array.from({ length: 12 }, (_, s) => {
    const length = 3 + 5 * s;
    return {
      ids: Int32Array.from({ length }, (_, i) => (7 * i * (s + 1) + 3 * s) % architecture.vocabularyRows),
      positions: countingPositions(length),
      attention: { kind: 'causal' } as const,
      reads: Array.from({ length }, (_, row) => ({ row, target: (row * 13 + s) % architecture.vocabularyRows })),
    };
  });
  const run = async (engine: Awaited<ReturnType<typeof onnxEngine>>, limits = {}) => {
    const executable = await engine.compile(logprobProgram(architecture), tensors, { digest });
    const out = await forwardWith(executable, architecture, { limits })(sequences);
    await executable.dispose();
    return out;
  };
  const exact = await run(await onnxEngine());
  for (const dtype of ['bfloat16', 'int8', 'int8x2', 'int4'] as const) {
    const engine = await onnxEngine({ dtype });
    const [found, alone, again] = [await run(engine), await run(engine, { sequences: 1 }), await run(engine)];
    expect(again).toEqual(found);
    let same = true;
    try { expect(alone).toEqual(found); } catch { same = false; }
    let worst = 0, sum = 0, n = 0, other = 0;
    found.forEach(({ logprobs, best }, s) => logprobs.forEach((value, i) => {
      const error = Math.abs(value - exact[s]!.logprobs[i]!);
      worst = Math.max(worst, error); sum += error; n += 1;
      if (best[i] !== exact[s]!.best[i]) other += 1;
    }));
    console.log(name, dtype, 'worst', worst.toExponential(2), 'mean', (sum / n).toExponential(2), 'other best', other, 'of', n, same ? 'same bits' : 'DIFFERENT BITS');
  }
});
