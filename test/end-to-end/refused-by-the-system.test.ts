/** What users read where the operating system refuses: few open files, a file system that is read-only. Needs the compiled program. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/files/package-root.ts';

const BENCH = join(packageRoot(), 'bin', 'bench.js');
const TIMEOUT = 120_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-refused-'));
  mkdirSync(join(folder, 'ro'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a line of the shell in the folder; `$BENCH` is the program. */
function shell(line: string, wrapper: readonly string[] = []) {
  const [command = 'sh', ...args] = [...wrapper, 'sh', '-c', line];
  const env = { ...process.env, BENCH: `${process.execPath} ${BENCH}`, BENCH_DATA_DIR: '' };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

it.each([20, 30, 40])(
  'says that %d open files are too few',
  (most) => {
    const { status, stderr } = shell(`ulimit -n ${most}; $BENCH report --runs nowhere`);
    expect(stderr).toMatch(
      /^bench: the system refused: too many files are open: the limit of this process is reached.*\nhint: allow more with `ulimit -n 1024` and repeat the command\n$/,
    );
    expect(status).not.toBe(0);
  },
  TIMEOUT,
);

const NAMESPACE = ['unshare', '--user', '--map-root-user', '--mount'];
const canMount = spawnSync(NAMESPACE[0] as string, [...NAMESPACE.slice(1), 'true']).status === 0;

it.skipIf(!canMount)(
  'says that a folder is read-only, whatever was to be written there',
  () => {
    writeFileSync(join(folder, 'q.jsonl'), '{"id":1,"kind":"loglikelihood","context":[1],"continuation":[2]}\n');
    expect(shell('$BENCH run --models random-gpt2 --tasks piqa --fixtures --limit 2 --out runs').status).toBe(0);
    const made = 'runs/$(ls runs)';
    const refused = (line: string) => {
      const { status, stderr } = shell(`mount --bind ro ro && mount -o remount,ro,bind ro && ${line}`, NAMESPACE);
      expect(status).not.toBe(0);
      expect(
        stderr.split('\n').filter((each) => each.startsWith('bench: ')),
        line,
      ).toEqual([expect.stringContaining('the file system is read-only')]);
      expect(stderr, line).not.toMatch(/unexpected|\n\s+at /);
    };
    refused('$BENCH report --runs runs --out ro/sub/r.html');
    refused('$BENCH run --models random-gpt2 --tasks piqa --fixtures --limit 2 --out ro/runs');
    refused('$BENCH score q.jsonl --model random-gpt2 --out ro/a.jsonl');
    refused(`$BENCH gate --baseline ${made} --candidate ${made} --junit ro/j.xml`);
    refused(`$BENCH bless ${made} --out ro/sub`);
    refused('$BENCH finetune --init tiny-gpt2 --task word-problems --steps 1 --out ro/ft');
    expect(existsSync(join(folder, 'ro', 'sub'))).toBe(false);
    mkdirSync(join(folder, 'ro', 'runs'));
    expect(shell('cp -r runs/* ro/runs/').status).toBe(0);
    refused('$BENCH run --models random-gpt2 --tasks piqa --fixtures --limit 2 --out ro/runs');
    expect(
      shell(
        'mount --bind ro ro && mount -o remount,ro,bind ro && $BENCH report --runs ro/runs --format md --out r.md',
        NAMESPACE,
      ).status,
    ).toBe(0);
  },
  TIMEOUT,
);

/** Root may read everything. */
const AS_NOBODY = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'] : [];
const canRead = ['import("node:fs").then(({ accessSync }) => accessSync(process.argv[1]))', BENCH];
const [program = '', ...before] = [...AS_NOBODY, process.execPath, '-e', ...canRead];
const canBeNobody = spawnSync(program, before).status === 0;

it.skipIf(!canBeNobody)(
  'says that permission is denied, and not that nothing is there',
  () => {
    const closed = join(folder, 'closed');
    cpSync(join(packageRoot(), 'models', 'random-gpt2'), join(closed, 'm1'), { recursive: true });
    cpSync(join(packageRoot(), 'models', 'random-gpt2'), join(folder, 'sealed'), { recursive: true });
    chmodSync(join(folder, 'sealed', 'tokenizer.json'), 0);
    chmodSync(closed, 0);
    chmodSync(folder, 0o755);
    for (const [line, path] of [
      ['run --models closed/m1 --tasks piqa --fixtures', 'closed/m1'],
      ['run --models sealed --tasks piqa --fixtures', 'sealed/tokenizer.json'],
      ['run --models random-gpt2 --tasks piqa --data-dir closed', 'closed/piqa/valid.jsonl'],
      ['run --models random-gpt2 --tasks piqa --fixtures --config closed/c.json', 'closed/c.json'],
      ['gate --baseline closed/b.json --candidate closed/c', 'closed/b.json'],
      ['compare closed/a closed/b', 'closed/a'],
      ['show closed/a', 'closed/a'],
    ] as const) {
      const { status, stderr } = shell(`HOME=/nowhere $BENCH ${line}`, AS_NOBODY);
      const [told = '', hint] = stderr.split('\n');
      expect(told, line).toMatch(new RegExp(`^bench: .*${path}.*permission is denied`));
      expect(hint, line).toBe('hint: give yourself the permission, or name another place');
      expect(status, line).not.toBe(0);
    }
    chmodSync(closed, 0o755);
  },
  TIMEOUT,
);

it(
  'says of links that lead in a circle that they do, and not that nothing is there',
  () => {
    symlinkSync('circle', join(folder, 'circle'));
    for (const line of [
      'run --models ./circle --tasks piqa --fixtures',
      'run --models random-gpt2 --tasks piqa --data-dir circle',
      'gate --baseline circle --candidate circle',
      'compare circle/a circle/b',
    ]) {
      expect(shell(`$BENCH ${line}`).stderr, line).toMatch(
        /^bench: .*circle.*links lead in a circle\)?\nhint: check the path\n$/,
      );
    }
  },
  TIMEOUT,
);

it(
  'says of a data folder that is a file that it is one, and names the folder where it lies in it',
  () => {
    mkdirSync(join(folder, 'data', 'piqa'), { recursive: true });
    writeFileSync(join(folder, 'data', 'piqa', 'valid.jsonl'), '');
    for (const [path, hint] of [
      ['data/piqa/valid.jsonl', `--data-dir ${join(folder, 'data')}`],
      ['q.txt', 'name the folder that holds piqa/valid.jsonl'],
    ]) {
      writeFileSync(join(folder, 'q.txt'), '');
      for (const verb of ['run --models random-gpt2 --tasks piqa', 'data verify piqa']) {
        const { status, stderr } = shell(`$BENCH ${verb} --data-dir ${path}`);
        expect(stderr).toBe(`bench: expected a folder of data, found the file ${path}\nhint: ${hint}\n`);
        expect(status).toBe(2);
      }
    }
  },
  TIMEOUT,
);
