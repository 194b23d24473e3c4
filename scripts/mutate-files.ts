/**
 * Damages and forges what is stored, one file at a time, and lets every verb read it that does: no error may be anything but a
 * sentence, and nothing may change without a word.
 *
 *     node dist/scripts/mutate-files.js [--mutations 6000] [--seed 0] [--files PATTERN] [--out results/mutations.md]
 *
 * `--files`: those whose names it finds, so that several processes can share the work; what is drawn depends on nothing else.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { sha256 } from '../src/core/text/digest.ts';
import { packageRoot } from '../src/files/package-root.ts';
import { bench } from './mutate-files/bench.ts';
import { type Reading, type StoredFile, storeAll } from './mutate-files/files.ts';
import { DAMAGES, Draws } from './mutate-files/mutations.ts';

const { values } = parseArgs({
  options: {
    mutations: { type: 'string', default: '6000' },
    seed: { type: 'string', default: '0' },
    out: { type: 'string', default: 'results/mutations.md' },
    files: { type: 'string', default: '' },
  },
});
/** Longer than any reading of these small files may take. */
const SLOW_MS = 20_000;

interface Tally {
  mutations: number;
  readings: number;
  /** Ended in a sentence. */
  refused: number;
  /** Went on, and said what is wrong. */
  told: number;
  /** Went on, and gave what the whole file gives. */
  same: number;
  /** Went on with something else, where nobody can know: a forgery with a right checksum, or a file that has none. */
  other: number;
  /** Went on with something else, without a word. */
  silent: number;
  unexpected: number;
}

/** Words by which documents and streams say that something stored is not as it should be. */
const SAYS =
  /damaged|cannot be read|left out|not what its sha256 says|cut off|checksum|expected|interrupted|\d+ of \d+/i;

process.env.BENCH_DATA_DIR = '';
process.env.BENCH_CACHE_DIR = mkdtempSync(join(tmpdir(), 'bench-mutate-cache-'));
const folder = mkdtempSync(join(tmpdir(), 'bench-mutate-'));
const kept = mkdtempSync(join(tmpdir(), 'bench-mutate-kept-'));
const files = (await storeAll(folder)).filter(({ path }) => existsSync(join(folder, path)));
const wanted = files.filter(({ name }) => new RegExp(values.files).test(name));
cpSync(folder, kept, { recursive: true });

interface Given {
  readonly kind: string;
  readonly told: string;
  /** Digest of all that was printed and written. */
  readonly result: string;
}

const whole = new Map<Reading, Given>();
const tallies = new Map<StoredFile, Tally>();
const findings: string[] = [];
const note = (what: string) => {
  findings.push(what);
  process.stderr.write(`${what}\n`);
};
const started = performance.now();
for (const file of files)
  for (const reading of file.readings) {
    if (whole.has(reading)) continue;
    const found = await readBy(reading);
    if (found.kind !== 'done') throw new RangeError(`${reading.verb} does not read whole files: ${found.told}`);
    whole.set(reading, found);
    restore(file, reading);
  }
for (const file of wanted) tallies.set(file, await mutated(file, Math.ceil(Number(values.mutations) / files.length)));
for (const each of [folder, kept, process.env.BENCH_CACHE_DIR]) rmSync(each, { recursive: true });
writeFileSync(resolve(packageRoot(), values.out), report());
process.exitCode = findings.length === 0 ? 0 : 1;

async function mutated(file: StoredFile, mutations: number): Promise<Tally> {
  const tally: Tally = { mutations: 0, readings: 0, refused: 0, told: 0, same: 0, other: 0, silent: 0, unexpected: 0 };
  const original = readFileSync(join(kept, file.path));
  for (let i = 0; i < mutations; i++) {
    const draws = new Draws(Number(values.seed), file.name, i);
    const isForged = file.forge !== undefined && i % 2 === 1;
    const damage = draws.of(Object.keys(DAMAGES));
    const bytes = isForged ? file.forge?.(original, draws) : DAMAGES[damage]?.(original, draws);
    if (bytes === undefined || bytes.equals(original)) continue;
    tally.mutations++;
    const reading = draws.of(file.readings);
    writeFileSync(join(folder, file.path), bytes);
    const found = await readBy(reading);
    restore(file, reading);
    tally.readings++;
    const isKnowable = !isForged && file.unknowable === null && file.isWhole?.(bytes) !== true;
    count(tally, file, reading, found, { change: isForged ? 'forged' : damage, isKnowable, i });
  }
  process.stderr.write(`${file.name}: ${JSON.stringify(tally)}\n`);
  return tally;
}

interface Change {
  readonly change: string;
  /** A reader can find that it happened. */
  readonly isKnowable: boolean;
  readonly i: number;
}

function count(
  tally: Tally,
  file: StoredFile,
  reading: Reading,
  found: Given,
  { change, isKnowable, i }: Change,
): void {
  const where = `${file.name}, ${change} (${i}), ${reading.verb} ${reading.names.join(' ').replaceAll(folder, '')}`;
  const expected = whole.get(reading) as Given;
  if (found.kind === 'unexpected') {
    tally.unexpected++;
    note(`unexpected: ${where}: ${found.told.split('\n').slice(0, 3).join(' ')}`);
  } else if (found.kind === 'refused') tally.refused++;
  else if (found.result === expected.result) tally.same++;
  else if (found.told !== '' && found.told !== expected.told) tally.told++;
  else if (!isKnowable) tally.other++;
  else {
    tally.silent++;
    note(`silent: ${where}`);
  }
}

async function readBy(reading: Reading): Promise<Given> {
  const begun = performance.now();
  const { kind, printed, told } = await bench(reading.verb, reading.names, reading.flags);
  if (performance.now() - begun > SLOW_MS) note(`slow: ${reading.verb}: ${performance.now() - begun} ms`);
  const paths = (reading.writes ?? []).map((path) => join(folder, path));
  const written = paths.map((path) => (existsSync(path) ? readFileSync(path) : Buffer.alloc(0)));
  const shown = reading.prints === false ? '' : printed;
  const texts = written.filter((_, i) => /\.(md|html)$/.test(paths[i] as string)).map((bytes) => bytes.toString());
  const words = [told, printed, ...texts].join('\n');
  return {
    kind,
    told: kind === 'unexpected' ? told : saidIn(words),
    result: sha256([shown, ...written.map(sha256)].join('\n')),
  };
}

/** Everything as it was: verbs that write may have mended, set aside or gone on. */
function restore(file: StoredFile, { writes = [], verb }: Reading): void {
  const isWriting = verb === 'run' || verb === 'finetune';
  const top = file.path
    .split('/')
    .slice(0, file.path.startsWith('runs/') ? 2 : 1)
    .join('/');
  if (isWriting) {
    rmSync(join(folder, top), { recursive: true });
    cpSync(join(kept, top), join(folder, top), { recursive: true });
  } else {
    writeFileSync(join(folder, file.path), readFileSync(join(kept, file.path)));
    for (const path of writes) rmSync(join(folder, path), { force: true });
  }
}

function report(): string {
  const columns = ['mutations', 'refused', 'told', 'same', 'other', 'silent', 'unexpected'] as const;
  const row = (name: string, tally: Tally) => `| ${[name, ...columns.map((key) => tally[key])].join(' | ')} |`;
  const all = [...tallies.values()];
  const sum = Object.fromEntries(
    [...columns, 'readings'].map((key) => [key, all.reduce((total, each) => total + each[key as keyof Tally], 0)]),
  ) as unknown as Tally;
  const reasons = [
    ...new Set(files.flatMap(({ name, unknowable }) => (unknowable === null ? [] : [`- ${name}: ${unknowable}`]))),
  ];
  return `# Stored inputs, damaged and forged

\`node dist/scripts/mutate-files.js --mutations ${values.mutations} --seed ${values.seed}\`, ${Math.round((performance.now() - started) / 1000)} s. One file at a time is
damaged (flipped bits, other digits, cuts, lost and doubled lines, noise) or, every second time, forged: one value in its JSON is replaced,
checksums made right again. A verb that reads it then runs. *Refused* = a sentence and no result; *told* = a result, and what is wrong with the
file; *same* = the result of the whole file; *other* = another result where no reader can know better; *silent* = another result without a
word; *unexpected* = an error that is no sentence.

| file | ${columns.join(' | ')} |
|---|${columns.map(() => '---').join('|')}|
${[...tallies].map(([{ name }, tally]) => row(name, tally)).join('\n')}
${row('**all**', sum)}

No reader can know of a forgery with a right checksum, of traces that are lost whole (more can be added at any time), nor of another
${reasons.join('\n')}
${findings.length === 0 ? '' : `\n${findings.map((each) => `- ${each}`).join('\n')}\n`}`;
}

/** The lines that say that something is wrong. */
function saidIn(words: string): string {
  const lines = words.split('\n').filter((line) => SAYS.test(line));
  return lines.join('\n').slice(0, 2_000);
}
