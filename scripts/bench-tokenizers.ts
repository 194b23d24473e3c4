/**
 * How long encoding takes: `node dist/scripts/bench-tokenizers.js FOLDER TEXT [OTHER …]`, with FOLDER a tokenizer, TEXT a file that is
 * encoded line by line, OTHER the folders of other built checkouts to set beside this one. The builds take turns, each in processes of its
 * own; medians of processor time, which other programs disturb less. The Rust library (one call after another, and all at once) stands
 * beside them where FOLDER has a tokenizer.json.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';

const HERE = fileURLToPath(new URL('../../', import.meta.url));
const ROUNDS = 5;
const STEPS = ['load', 'first', 'again', 'offsets'] as const;

const COMMON = `
  import { readFileSync } from 'node:fs';
  const [source, folder, file] = process.argv.slice(1);
  const lines = readFileSync(file, 'utf8').split('\\n').filter((line) => line.trim() !== '');
  const seconds = [];
  const timed = async (work) => {
    const before = process.cpuUsage();
    const out = await work();
    const { user, system } = process.cpuUsage(before);
    seconds.push((user + system) / 1e6);
    return out;
  };
`;
const OURS = `${COMMON}
  const { loadTokenizer } = await import(source);
  const tokenizer = await timed(() => loadTokenizer(folder));
  const encode = () => { for (const line of lines) tokenizer.encode(line, { specialTokens: false }); };
  await timed(encode);
  await timed(encode);
  await timed(() => { for (const line of lines) tokenizer.encodeWithOffsets(line); });
  console.log(JSON.stringify(seconds));
`;
const RUST = `${COMMON}
  import { Tokenizer } from '@anush008/tokenizers';
  const tokenizer = await timed(() => Tokenizer.fromString(readFileSync(folder + '/tokenizer.json', 'utf8')));
  const idsOf = async (line) => (await tokenizer.encode(line)).getIds();
  await timed(async () => { for (const line of lines) await idsOf(line); });
  await timed(async () => (await tokenizer.encodeBatch(lines)).map((encoding) => encoding.getIds()));
  await timed(async () => { for (const line of lines) (await tokenizer.encode(line)).getOffsets(); });
  console.log(JSON.stringify(seconds));
`;

function secondsOf(program: string, root: string, folder: string, file: string): readonly number[] {
  const source = join(root, 'dist/src/tokenizers/load.js');
  const args = ['--input-type=module', '--eval', program, source, folder, file];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', cwd: HERE }));
}

function main(folder: string, file: string, others: readonly string[]): void {
  const builds = [HERE, ...others.map((other) => resolve(other))].map((root) => ({ name: root, program: OURS }));
  if (existsSync(join(folder, 'tokenizer.json')))
    builds.push({ name: 'Rust library (again: all at once)', program: RUST });
  const rounds = Array.from({ length: ROUNDS }, () =>
    builds.map(({ name, program }) => secondsOf(program, name, folder, file)),
  );
  console.log(
    `| seconds of processor time, median of ${ROUNDS} | ${STEPS.join(' | ')} |\n|---|${'---|'.repeat(STEPS.length)}`,
  );
  const here = STEPS.map((_, step) => median(rounds.map((round) => round[0]?.[step] ?? 0)));
  for (const [at, { name }] of builds.entries()) {
    const own = STEPS.map((_, step) => median(rounds.map((round) => round[at]?.[step] ?? 0)));
    const cells = own.map((value, step) => `${value.toFixed(3)} (${(value / (here[step] ?? 1)).toFixed(2)} ×)`);
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

const [folder, file, ...others] = process.argv.slice(2);
if (folder === undefined || file === undefined) throw new TypeError('usage: bench-tokenizers FOLDER TEXT [OTHER …]');
main(resolve(folder), resolve(file), others);
