/**
 * Do the published solutions of HumanEval and its infilling sets pass in the sandbox, and what does an empty completion
 * pass? `node dist/scripts/check-humaneval-golds.js --data-dir DIR [--empty] [--progress FILE] [--concurrency N] [set …]`,
 * sets humaneval, single-line, multi-line, random-span, random-span-light; default: all. `--empty`: empty completions.
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
    empty: { type: 'boolean', default: false },
    progress: { type: 'string' },
    concurrency: { type: 'string', default: '2' },
  },
});
const SETS = ['humaneval', 'single-line', 'random-span-light', 'random-span', 'multi-line'];
const CHUNK = 50;

const sandbox = await openSandbox();
const { backend, accounting, python, speed, cpuMs } = sandbox.facts;
console.log(
  `backend ${backend}, counted by ${accounting}, Python ${python}, speed ${speed.toFixed(2)}, limit ${cpuMs} ms`,
);
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
  const label = values.empty ? `${set}, empty` : set;
  const missing = rows.filter((row) => !known.has(`${label} ${row.task_id}`));
  const started = performance.now();
  for (let from = 0; from < missing.length; from += CHUNK) {
    const chunk = missing.slice(from, from + CHUNK);
    const programs = chunk.map((row) => programOf(row, values.empty ? '' : row.canonical_solution));
    const verdicts = await sandbox.runAll(programs, { concurrency: Number(values.concurrency) });
    const lines = verdicts.map(({ kind, reason }, i) => {
      const key = `${label} ${chunk[i]?.task_id}`;
      known.set(key, kind);
      if (!values.empty && kind !== 'passed') console.log(`${key}: ${kind}, ${reason}`);
      return `${key}\t${kind}\t${reason.replaceAll(/\s+/g, ' ')}\n`;
    });
    if (values.progress !== undefined) appendFileSync(values.progress, lines.join(''));
  }
  const seconds = (performance.now() - started) / 1000;
  const kinds = rows.map((row) => known.get(`${label} ${row.task_id}`));
  const counts = VERDICTS.map((kind) => `${kind} ${kinds.filter((each) => each === kind).length}`);
  console.log(
    `${label}: ${rows.length} programs: ${counts.join(', ')}; ran ${missing.length} in ${seconds.toFixed(1)} s`,
  );
}

async function rowsOf(set: string): Promise<readonly (HumanevalRow | InfillRow)[]> {
  const options = { dataDir: values['data-dir'] ?? null };
  if (set === 'humaneval') return readHumaneval((await locateSource('humaneval/jsonl', options)).path);
  if (!isVariant(set)) throw new RangeError(`unknown set ${set}; known: ${SETS.join(', ')}`);
  return readInfill(set, (await locateSource(`humaneval-infill/${set}`, options)).path);
}

function isVariant(name: string): name is InfillVariant {
  return Object.hasOwn(INFILL_FILES, name);
}
