/** How the program ends: without a reader, without room for its output, at Ctrl-C. Needs the compiled program. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/files/package-root.ts';

const BENCH = join(packageRoot(), 'bin', 'bench.js');
const TIMEOUT = 240_000;
/** Answered together: the rest of a file is then still to come. */
const AT_ONCE = 64;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-ending-'));
  writeFileSync(join(folder, 'many.jsonl'), requests(2000));
});
afterAll(() => rmSync(folder, { recursive: true }));

const requests = (count: number): string =>
  Array.from(
    { length: count },
    (_, id) => `{"id":${id},"kind":"loglikelihood","context":[1,2],"continuation":[${id % 500}]}\n`,
  ).join('');

/** Runs a line of bash in the folder; `$BENCH` is the program. */
function shell(line: string) {
  const env = { ...process.env, BENCH: `${process.execPath} ${BENCH}`, BENCH_DATA_DIR: '' };
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const start = (...words: readonly string[]) => spawn(process.execPath, [BENCH, ...words], { cwd: folder });

/** Exit code or signal of a process, and what it said on standard error. */
async function endOf(child: ChildProcessWithoutNullStreams) {
  let stderr = '';
  child.stdout.resume();
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const end = await new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
  return { end, stderr };
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !isSo(); ) {
    if (performance.now() > end) throw new Error('nothing happened within a minute');
    await sleep(2);
  }
}

it(
  'ends quietly once the reader of its answers has enough, while threads compute',
  () => {
    const line = 'set -o pipefail; $BENCH score many.jsonl --model tiny-gpt2 | head -n 1';
    for (let tries = 0; tries < 8; tries++) {
      const { status, stdout, stderr } = shell(line);
      expect({ status, stderr, lines: stdout.split('\n').length - 1 }).toEqual({ status: 0, stderr: '', lines: 1 });
    }
  },
  TIMEOUT,
);

it(
  'ends without a reader also where requests are still to come',
  async () => {
    const child = start('score', '-', '--model', 'random-gpt2');
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.stdout.destroy();
    child.stdin.write(requests(AT_ONCE));
    expect(await ended).toBe(0);
  },
  TIMEOUT,
);

it
  .skipIf(!existsSync('/dev/full'))
  .each([
    'score many.jsonl --model tiny-gpt2',
    'list models',
    'data list',
    'run --models random-gpt2 --tasks piqa --fixtures --limit 2 --json',
    'run --help',
  ])(
  'says in one sentence that its output found no room, with exit code 1: %s',
  (words) => {
    expect(shell(`$BENCH ${words} > /dev/full`)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'bench: standard output: no space is left on the disk\nhint: make room and repeat the command\n',
    });
  },
  TIMEOUT,
);

const NAMESPACE = 'unshare --user --map-root-user --mount';
const SMALL_DISK = 'mkdir -p small && mount -t tmpfs -o size=4096 tmpfs small';
const canMount = () => shell(`${NAMESPACE} bash -c '${SMALL_DISK}'`).status === 0;

it(
  'notices that a file took only a part of its output',
  ({ skip }) => {
    if (!canMount()) skip('needs a file system of its own');
    const { status, stderr } = shell(`${NAMESPACE} bash -c '${SMALL_DISK} && $BENCH list tasks --json > small/out'`);
    expect([status, stderr]).toEqual([
      1,
      'bench: standard output: no space is left on the disk\nhint: make room and repeat the command\n',
    ]);
  },
  TIMEOUT,
);

it(
  'ends at once at the second Ctrl-C, as at the first with 130 or the signal, and never in an abort',
  async () => {
    // Ten seconds and more.
    const words = 'run --models random-diffugpt --tasks hellaswag --fixtures --passes 4000 --out'.split(' ');
    for (let tries = 0; tries < 6; tries++) {
      const out = join(folder, `runs-${tries}`);
      const child = start(...words, out);
      const ended = endOf(child);
      await until(() => existsSync(out) && readdirSync(out).length > 0);
      await sleep(150 * tries);
      child.kill('SIGINT');
      await sleep(15);
      child.kill('SIGINT');
      const { end, stderr } = await ended;
      expect(stderr).not.toMatch(/terminate|Napi/);
      expect([130, 'SIGINT']).toContain(end);
    }
  },
  TIMEOUT,
);

it(
  'keeps the answers of a stopped score beside the file, and says so; the next one begins anew and removes them',
  async () => {
    const words = ['score', '-', '--model', 'random-gpt2', '--out', 'answers.jsonl'];
    const left = () => readdirSync(folder).filter((name) => name.startsWith('answers.jsonl'));
    const begun = async () => {
      const child = start(...words);
      const ended = endOf(child);
      child.stdin.write(requests(AT_ONCE));
      await until(() => left().some((name) => name.endsWith('.tmp') && statSync(join(folder, name)).size > 0));
      return { child, ended };
    };
    const stopped = await begun();
    stopped.child.kill('SIGINT');
    const { end, stderr } = await stopped.ended;
    expect(end).toBe(130);
    expect(stderr).toMatch(
      /\n64 answers are kept in answers\.jsonl\.partial\nstopped; the command begins anew when it is repeated\n$/,
    );
    expect(left()).toEqual(['answers.jsonl.partial']);
    const kept = readFileSync(join(folder, 'answers.jsonl.partial'), 'utf8');

    const killed = await begun();
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(left()).toHaveLength(2);
    writeFileSync(join(folder, 'some.jsonl'), requests(AT_ONCE + 2));
    expect(shell('$BENCH score some.jsonl --model random-gpt2 --out answers.jsonl').status).toBe(0);
    expect(left()).toEqual(['answers.jsonl']);
    expect(readFileSync(join(folder, 'answers.jsonl'), 'utf8').startsWith(kept)).toBe(true);
  },
  TIMEOUT,
);
