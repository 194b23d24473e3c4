/** One run in a process of its own: `node one-run.js ITEMS PASSES` prints its peak resident set. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stream } from '../../src/core/numbers/random.ts';
import { rowsDigest } from '../../src/core/text/rows-digest.ts';
import { executeRuns, prepareRuns } from '../../src/evaluate/execute-runs.ts';
import { RUN_DEFAULTS } from '../../src/evaluate/options.ts';
import type { TaskRows } from '../../src/evaluate/run-parts.ts';
import { peakMemoryBytes, systemClock } from '../../src/runner/environment.ts';
import { storyEndings } from '../bench-racing/story-endings.ts';

const [items = '100', passes = '3'] = process.argv.slice(2);
const WORDS = 'a the of child ball wants sits near red blue dog cat runs and then house tree walks home'.split(' ');

const out = await mkdtemp(join(tmpdir(), 'bench-memory-'));
try {
  const how = passes === 'auto' ? ({ passes, mostPasses: 5 } as const) : { passes: Number(passes) };
  const options = { ...RUN_DEFAULTS, models: ['random-diffugpt'], out, ...how };
  const known = await prepareRuns({ ...options, tasks: ['piqa'], fixtures: true });
  const began = systemClock.seconds();
  await executeRuns({ ...known, tasks: [made(Number(items))] }, options);
  const seconds = systemClock.seconds() - began;
  process.stdout.write(JSON.stringify({ peakBytes: peakMemoryBytes(), seconds }));
} finally {
  await rm(out, { recursive: true });
}

function made(count: number): TaskRows {
  const text = (item: number, part: number, words: number) =>
    Array.from(
      { length: words },
      (_, at) => WORDS[Math.floor(stream(1, 'memory', item, part).uniform(at) * WORDS.length)],
    ).join(' ');
  const rows = Array.from({ length: count }, (_, item) => ({
    beginning: text(item, 0, 12),
    endings: [1, 2, 3, 4].map((part) => text(item, part, 5)),
  }));
  const task = storyEndings as unknown as TaskRows['task'];
  const source = { source: 'memory/made', variant: null, digest: rowsDigest(task, rows) };
  return { task, shots: null, loaded: { rows, ...source, available: rows.length, usedFixtures: false } };
}
