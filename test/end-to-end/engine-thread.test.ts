/** The engine in threads of their own, compiled: sources have no program for a thread. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import type * as ThreadModule from '../../src/engines/onnx/beside/session-thread.ts';
import type * as EngineModule from '../../src/engines/onnx/engine.ts';
import { packageRoot } from '../../src/files/package-root.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import { countingPositions, type Sequence } from '../../src/lm/forward/sequence.ts';

const compiled = (path: string): URL => pathToFileURL(join(packageRoot(), 'dist/src/engines/onnx', path));
const { onnxEngine }: typeof EngineModule = await import(compiled('engine.js').href);
const { SessionThread }: typeof ThreadModule = await import(compiled('beside/session-thread.js').href);
const PROGRAM = compiled('beside/thread.js');

const sequence = (length: number): Sequence => ({
  ids: Int32Array.from({ length }, (_, i) => (7 * i) % 300),
  positions: countingPositions(length),
  attention: { kind: 'causal' },
  reads: [...Array(length - 1).keys()].map((row) => ({ row, target: (7 * row + 7) % 300 })),
});

it.each(['float32', 'int8'] as const)(
  'gives the bits that this thread gives, in %s, and leaves it free meanwhile',
  async (dtype) => {
    const checkpoint = await openCheckpoint(join(packageRoot(), 'models/tiny-gpt2'));
    const sequences = [5, 40, 64, 33, 120, 18].map(sequence);
    const limits = { tokens: 64 };
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const answers = [];
    for (const options of [{ dtype }, { dtype, beside: true }, { dtype, beside: true, threads: 1 }]) {
      const { forward, dispose } = await openNet(checkpoint, await onnxEngine(options), { limits });
      answers.push(await forward(sequences));
      await dispose();
    }
    clearInterval(timer);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(turns).toBeGreaterThan(0);
  },
);

it('hands on what onnxruntime says of a graph that it cannot read', async () => {
  const thread = new SessionThread(PROGRAM);
  const opened = thread.ask({ kind: 'open', session: 0, graph: Uint8Array.of(1, 2, 3), options: {} });
  await expect(opened).rejects.toThrow(/protobuf|model/i);
  await thread.end();
});
