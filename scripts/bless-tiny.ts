/**
 * Runs the built-in checkpoints on the first rows of their tasks and blesses `results/baselines/tiny.json`, against which the project's own tests
 * gate: `npm run bless:tiny`, after a change that is meant to move their numbers (new checkpoints, a new task version).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bless, run } from '../src/api.ts';

/** Items a task; `test/end-to-end/tiny-gate.test.ts` runs as many. */
const LIMIT = 60;

const out = await mkdtemp(join(tmpdir(), 'bench-tiny-'));
try {
  await run({ models: ['tiny-gpt2', 'tiny-diffugpt'], limit: LIMIT, out });
  const { file, runs } = await bless(out, { name: 'tiny' });
  for (const { task, model, items } of runs) console.log(`${file}: ${task}, ${model}: ${items} items`);
} finally {
  await rm(out, { recursive: true });
}
