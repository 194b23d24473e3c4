/**
 * Do the published solutions of HumanEval and its infilling sets pass in the sandbox, and what does an empty completion
 * pass? `node dist/scripts/check-humaneval-golds.js --data-dir DIR [--progress FILE] [--concurrency N] [set …]`, sets
 * humaneval, single-line, multi-line, random-span, random-span-light, empty (single-line); default: all.
 * Verdicts are appended to FILE; a repeated command runs only what is missing there.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { VERDICTS } from '../src/core/program.ts';
import { locateSource } from '../src/datasets/locate.ts';
import { openSandbox } from '../src/sandbox/open-sandbox.ts';

import {
  type HumanevalRow,
  INFILL_FILES,
  type InfillRow,
  type InfillVariant,
  programOf,
  readHumaneval,
  readInfill,
} from '../tasks/humaneval/rows.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'data-dir': { type: 'string' },
    progress: { type: 'string' },
    concurrency: { type: 'string', default: '2' },
  },
});
const SETS = ['humaneval', 'single-line', 'empty', 'random-span-light', 'random-span', 'multi-line'];
const CHUNK = 50;

const sandbox = await openSandbox();
console.log(`backend ${sandbox.backend}, Python ${sandbox.python.version}, speed ${sandbox.speed.toFixed(2)}`);
const known = new Map<string, string>();
if (values.progress !== undefined && existsSync(values.progress)) {
  for (const line of readFileSync(values.progress, 'utf8').split('\n')) {
    const [key, verdict] = line.split('\t');
    if (key !== undefined && verdict !== undefined) known.set(key, verdict);
  }
}
for (const set of positionals.length > 0 ? positionals : SETS) await check(set);

async function check(set: string): Promise<void> {
  const rows = await rowsOf(set);
  const missing = rows.filter((row) => !known.has(`${set} ${row.task_id}`));
  const started = performance.now();
  for (let from = 0; from < missing.length; from += CHUNK) {
    const chunk = missing.slice(from, from + CHUNK);
    const programs = chunk.map((row) => programOf(row, set === 'empty' ? '' : row.canonical_solution));
    const verdicts = await sandbox.runAll(programs, { concurrency: Number(values.concurrency) });
    const lines = verdicts.map(({ kind, reason }, i) => {
      const key = `${set} ${chunk[i]?.task_id}`;
      known.set(key, kind);
      if (set !== 'empty' && kind !== 'passed') console.log(`${key}: ${kind}, ${reason}`);
      return `${key}\t${kind}\t${reason.replaceAll(/\s+/g, ' ')}\n`;
    });
    if (values.progress !== undefined) appendFileSync(values.progress, lines.join(''));
  }
  const seconds = (performance.now() - started) / 1000;
  const kinds = rows.map((row) => known.get(`${set} ${row.task_id}`));
  const counts = VERDICTS.map((kind) => `${kind} ${kinds.filter((each) => each === kind).length}`);
  console.log(
    `${set}: ${rows.length} programs: ${counts.join(', ')}; ran ${missing.length} in ${seconds.toFixed(1)} s`,
  );
}

async function rowsOf(set: string): Promise<readonly (HumanevalRow | InfillRow)[]> {
  const options = { dataDir: values['data-dir'] ?? null };
  if (set === 'humaneval') return readHumaneval((await locateSource('humaneval/jsonl', options)).path);
  const variant = set === 'empty' ? 'single-line' : set;
  if (!isVariant(variant)) throw new RangeError(`unknown set ${set}; known: ${SETS.join(', ')}`);
  return readInfill(variant, (await locateSource(`humaneval-infill/${variant}`, options)).path);
}

function isVariant(name: string): name is InfillVariant {
  return Object.hasOwn(INFILL_FILES, name);
}
