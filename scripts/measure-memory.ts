/**
 * Memory of a whole task beside that of 100 of its items: `node dist/scripts/measure-memory.js ['RUN FLAGS' …]`, each a process of its own,
 * its largest resident set as `environment.json` has it. Prints a table; a whole task may take 1.1 times as much and 50 MB. The 100 are drawn from
 * all of them, as the first ones of HellaSwag are its short ones. Without arguments its 10,042 items of four answers on a small network, left to
 * right, by masks and by races; BENCH_DATA_DIR has their rows.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bytes } from '../src/core/units.ts';

const BENCH = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));
const FEW = 100;
const [TIMES, MORE] = [1.1, 50e6];
const SMALL = '--models ../shared/models/stories260K-hf';
const RUNS = [
  `${SMALL} --tasks hellaswag`,
  `${SMALL} --family diffusion --mask-id 0 --shift on --passes 3 --tasks hellaswag`,
  `${SMALL} --family diffusion --mask-id 0 --shift on --passes auto --most-passes 3 --tasks hellaswag`,
];

interface Taken {
  readonly items: number;
  readonly peak: Bytes;
}

function taken(flags: string): Taken {
  const out = mkdtempSync(join(tmpdir(), 'measure-memory-'));
  try {
    const words = ['run', ...flags.split(' '), '--out', out];
    const { status, stderr } = spawnSync(process.execPath, [BENCH, ...words], { encoding: 'utf8' });
    // Items that are too long for the network are not answered, which has an exit code of its own.
    const run = readdirSync(out)[0];
    if (run === undefined) throw new Error(`bench ${words.join(' ')}: exit code ${status}: ${stderr}`);
    const read = (file: string) => readFileSync(join(out, run, file), 'utf8');
    const { sessions } = JSON.parse(read('environment.json')) as { sessions: { peakMemoryBytes: Bytes }[] };
    const items = read('records.jsonl').trimEnd().split('\n').length;
    return { items, peak: Math.max(...sessions.map(({ peakMemoryBytes }) => peakMemoryBytes)) };
  } finally {
    rmSync(out, { recursive: true });
  }
}

function line(flags: string): string {
  const [few, all] = [taken(`${flags} --sample ${FEW}`), taken(flags)];
  const most = TIMES * few.peak + MORE;
  const verdict = all.peak <= most ? 'ok' : 'MISS';
  const megabytes = (bytes: Bytes): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const cells = [`\`${flags}\``, megabytes(few.peak), all.items, megabytes(all.peak), megabytes(most), verdict];
  return `| ${cells.join(' | ')} |`;
}

const given = process.argv.slice(2);
console.log(`| run | ${FEW} items | items of all | all | at most | |\n|---|---|---|---|---|---|`);
for (const flags of given.length === 0 ? RUNS : given) console.log(line(flags));
