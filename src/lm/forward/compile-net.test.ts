import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openCheckpoint } from '../../checkpoints/open.ts';
import type { Engine, WeightDtype } from '../../engines/engine.ts';
import { onnxEngine } from '../../engines/onnx/engine.ts';
import { referenceEngine } from '../../engines/reference.ts';
import { logprobProgram } from '../../programs/readout.ts';
import { compileNet } from './compile-net.ts';
import { openNet } from './forward.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replaced-'));
  vi.stubEnv('BENCH_CACHE_DIR', join(folder, 'cache'));
  await cp('models/random-gpt2', folder, { recursive: true });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** The same network with other weights takes the place of the file. */
async function replaceWeights(): Promise<void> {
  const file = join(folder, 'model.safetensors');
  const bytes = await readFile(file);
  bytes[bytes.byteLength - 2] = (bytes[bytes.byteLength - 2] as number) ^ 1;
  await writeFile(join(folder, 'next'), bytes);
  await rename(join(folder, 'next'), file);
}

const onnx = (dtype: WeightDtype) => onnxEngine({ dtype, threads: 1 });

it.each([
  ['onnx in float32', () => onnx('float32')],
  ['onnx in int8', () => onnx('int8')],
  ['onnx in bfloat16', () => onnx('bfloat16')],
  ['the reference', async () => referenceEngine()],
])(
  '%s: weights that are replaced between their digest and their loading are refused',
  async (_, open: () => Promise<Engine>) => {
    const engine = await open();
    const checkpoint = await openCheckpoint(folder);
    const program = logprobProgram(checkpoint.architecture, null);
    await (await compileNet(checkpoint, engine, program)).dispose();
    await checkpoint.digest();
    await (await compileNet(checkpoint, engine, program)).dispose();
    await replaceWeights();
    await expect(compileNet(checkpoint, engine, program)).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: `${folder}: expected the weights that were read before, found others: they changed meanwhile`,
    });
  },
);

it('a signal ends the writing of weights in another form', async () => {
  const checkpoint = await openCheckpoint(folder);
  const options = { signal: AbortSignal.abort() };
  const opened = openNet(checkpoint, await onnx('int8'), options);
  await expect(opened).rejects.toMatchObject({ code: 'interrupted', message: expect.stringContaining('fewer bits') });
});
