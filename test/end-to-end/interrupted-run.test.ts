/** `bench run` itself, killed, stopped and damaged: what is stored stays, and resuming gives the bytes of a quiet run. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { killAndResume } from '../../scripts/kill-and-resume.ts';

const BENCH = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));
/** So many steps T make the units of work small: one item each. */
const WORDS = 'run --models random-diffugpt --tasks siqa --fixtures --passes 63 --steps 5000 --out'.split(' ');

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'bench-stop-'));
});
afterEach(() => rm(out, { recursive: true }));

const bench = (into: string) => spawnSync(process.execPath, [BENCH, ...WORDS, into], { encoding: 'utf8' });
const runOf = (into: string) => join(into, readdirSync(into)[0] as string);
const recordsOf = (into: string) => join(runOf(into), 'records.jsonl');

/** A run that has stored something and goes on. */
async function begun(into: string, records = 1) {
  const child = spawn(process.execPath, [BENCH, ...WORDS, into], { stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    written.stdout += text;
  });
  child.stderr.on('data', (text) => {
    written.stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  for (const until = performance.now() + 60_000; performance.now() < until; ) {
    await sleep(5);
    if (existsSync(into) && readdirSync(into).length > 0 && existsSync(recordsOf(into))) {
      if (statSync(recordsOf(into)).size > 0 && lines(recordsOf(into)) >= records) return { child, ended, written };
    }
  }
  child.kill('SIGKILL');
  throw new Error(`nothing was stored within a minute: ${written.stderr}`);
}

const lines = (file: string) => readFileSync(file, 'utf8').split('\n').length - 1;

it('ends in the same bytes after ten kills at random moments', { timeout: 240_000 }, async () => {
  const command = `exec '${process.execPath}' '${BENCH}' ${WORDS.join(' ')} '{out}'`;
  const report = await killAndResume({ command, out, kills: 10, seed: 1 });
  expect(report.differences).toEqual([]);
  expect(report.kills).toBe(10);
  expect(report.midway).toBeGreaterThan(0);
});

it('stops at Ctrl-C with exit code 130, keeps what is done, and ends in the same bytes', async () => {
  const [quiet, stopped] = [join(out, 'quiet'), join(out, 'stopped')];
  expect(bench(quiet).status).toBe(0);
  const { child, ended, written } = await begun(stopped);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  const done = lines(recordsOf(stopped));
  expect(done).toBeLessThan(9);
  expect(written.stderr).toMatch(/stopping after the batch in hand.*\n.*stopped; repeat the command to resume\n$/s);
  expect(written.stdout).toContain(`interrupted, ${done} items are in; repeat to resume`);
  const kept = await readFile(recordsOf(stopped), 'utf8');
  expect((await readFile(recordsOf(quiet), 'utf8')).startsWith(kept)).toBe(true);

  const second = bench(stopped);
  expect(second).toMatchObject({ status: 0, stdout: expect.not.stringContaining('interrupted') });
  expect(await readFile(recordsOf(stopped))).toEqual(await readFile(recordsOf(quiet)));
});

it('refuses a second process on the same folder in one sentence', async () => {
  const { child, ended } = await begun(out);
  // Asleep, so that it cannot finish before the second process looks.
  child.kill('SIGSTOP');
  const second = bench(out);
  child.kill('SIGKILL');
  await ended;
  expect(second).toMatchObject({ status: 1, stdout: '' });
  const [sentence, ...hints] = second.stderr.trimEnd().split('\n');
  expect(sentence).toMatch(new RegExp(`^bench: .* is being written by process ${child.pid} on `));
  expect(hints.every((line) => line.startsWith('hint: '))).toBe(true);
  expect(bench(out).status).toBe(0);
});

it.each<[string, (file: string) => Promise<void>]>([
  ['half a line', async (file) => truncate(file, statSync(file).size - 100)],
  ['a line of another program', (file) => appendFile(file, '{"hello":"world"}\n')],
])('names a tail that is %s, sets it aside and computes it again', async (_what, damage) => {
  expect(bench(out).status).toBe(0);
  const before = await readFile(recordsOf(out), 'utf8');
  await damage(recordsOf(out));
  const { status, stdout } = bench(out);
  expect(status).toBe(0);
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /records\.jsonl, line \d+: .*moved 1 line\(s\) to records\.damaged-1\.jsonl/,
  );
  expect(existsSync(join(runOf(out), 'records.damaged-1.jsonl'))).toBe(true);
  expect(await readFile(recordsOf(out), 'utf8')).toBe(before);
});
