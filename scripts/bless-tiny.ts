/**
 * Runs the built-in checkpoints on the first rows of their tasks and blesses `results/baselines/tiny.json`, against which the project's own tests
 * gate: `npm run bless:tiny`, after a change that is meant to move their numbers (new checkpoints, a new task version).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run as bless } from '../src/commands/gate/bless.ts';
import { run } from '../src/commands/run/run.ts';
import type { CommandIo } from '../src/commands/shell/io.ts';
import { RUN_DEFAULTS } from '../src/evaluate/options.ts';

/** Items a task; `test/end-to-end/tiny-gate.test.ts` runs as many. */
const LIMIT = 60;

const io: CommandIo = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  isTerminal: false,
  columns: 100,
  signal: new AbortController().signal,
  now: () => performance.now(),
};

const out = await mkdtemp(join(tmpdir(), 'bench-tiny-'));
try {
  await run({ ...RUN_DEFAULTS, models: ['tiny-gpt2', 'tiny-diffugpt'], limit: LIMIT, out }, io);
  await bless({ path: out, name: 'tiny', models: null, tasks: null, out: 'results/baselines', json: false }, io);
} finally {
  await rm(out, { recursive: true });
}
