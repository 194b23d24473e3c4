/** The package in an empty folder, as somebody who is not us installs it. Needs the registry and nothing else of the network. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack, ROOT } from './pack.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-install-'));
afterAll(() => rmSync(folder, { recursive: true }), 60_000);

/** A folder of a consumer, with nothing in it. */
function emptyFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }));
  return path;
}

/** A program with no setting of ours in its environment. */
function inFolder(cwd: string, program: string, ...args: string[]): SpawnSyncReturns<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|ONNXRUNTIME|BENCH_|VITEST|NODE_ENV)/.test(name)),
  );
  return spawnSync(program, args, { cwd, encoding: 'utf8', env });
}

const reached = inFolder(
  folder,
  'npm',
  'view',
  'onnxruntime-node@1.30.0',
  'version',
  '--prefer-online',
  '--fetch-retries=0',
);
const offline = reached.status === 0 ? undefined : `the registry cannot be reached: ${reached.stderr.split('\n')[0]}`;

/** A test that needs the registry; skipped, with what npm said, where that cannot be reached. */
function online(name: string, test: () => void, milliseconds?: number): void {
  it(
    name,
    ({ skip }) => {
      if (offline !== undefined) skip(offline);
      test();
    },
    milliseconds,
  );
}

describe('installed without scripts', () => {
  let consumer = '';
  beforeAll(() => {
    if (offline === undefined) consumer = installed('plain', '--ignore-scripts');
  }, 180_000);

  online("runs the README's first command", () => {
    const { status, stdout, stderr } = npx(consumer, 'bench run --models tiny-gpt2,tiny-diffugpt --limit 5');
    expect(stderr).not.toContain('hint:');
    expect(status).toBe(0);
    expect(stdout).toMatch(/tiny-gpt2 +tiny-diffugpt/);
    expect(stdout).toContain('engine onnx-cpu');
  });

  online('draws a report under its own name', () => {
    expect(npx(consumer, 'dlm-bench report')).toMatchObject({ status: 0, stdout: 'reports/report.html\n' });
  });

  online('names the packages of TensorFlow.js, which it does not bring', () => {
    const { status, stderr } = npx(consumer, 'bench run --models tiny-gpt2 --limit 1 --engine tfjs');
    expect(status).toBe(1);
    expect(stderr).toContain('bench: TensorFlow.js is not installed\nhint: Run `npm install @tensorflow/tfjs@');
  });

  online('is called from a script', () => {
    writeFileSync(join(consumer, 'score.js'), SCORE);
    expect(inFolder(consumer, process.execPath, 'score.js')).toMatchObject({
      status: 0,
      stdout: 'stories-choice 3 3\n',
    });
  });

  online('leaves the messages of a thread that imports it to that thread, which ends by itself', () => {
    writeFileSync(join(consumer, 'thread.js'), THREAD);
    expect(inFolder(consumer, process.execPath, 'thread.js')).toMatchObject({
      status: 0,
      stdout: 'function\nended 0\n',
    });
  });

  online('is required by CommonJS', () => {
    const program = "console.log(typeof require('dlm-bench').run)";
    expect(inFolder(consumer, process.execPath, '--eval', program)).toMatchObject({ status: 0, stdout: 'function\n' });
  });

  online("takes what a plugin throws for its own: both load the package's one copy", () => {
    writeFileSync(join(consumer, 'capitals.jsonl'), '{"country":"France"}\n');
    writeFileSync(join(consumer, 'capitals.js'), PLUGIN);
    const args = 'run --models tiny-gpt2 --plugin ./capitals.js --tasks capitals'.split(' ');
    for (const program of ['bin/bench.js', 'dist/src/cli.js']) {
      expect(inFolder(consumer, process.execPath, `node_modules/dlm-bench/${program}`, ...args)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^bench: capitals: expected three cities, found none\nhint: add some$/m),
      });
    }
  });

  online('is called from a line of Node', () => {
    const line = inFolder(consumer, process.execPath, '--input-type=module', '--eval', SCORE);
    expect(line).toMatchObject({ status: 0, stdout: 'stories-choice 3 3\n' });
  });

  online('is called from a script with types', () => {
    writeFileSync(join(consumer, 'score.ts'), TYPED);
    expect(compiled(consumer, 'score.ts')).toMatchObject({ status: 0, stdout: '' });
    writeFileSync(join(consumer, 'wrong.ts'), TYPED.replace('limit: 3', 'limit: true'));
    expect(compiled(consumer, 'wrong.ts').stdout).toContain("Type 'boolean' is not assignable to type 'number'");
  });
});

describe('installed with scripts', () => {
  online(
    'installs wherever the registry is reached; an engine that could not be had is named',
    () => {
      const consumer = installed('scripted');
      const { status, stderr, stdout } = npx(consumer, 'bench run --models tiny-gpt2 --tasks stories-choice --limit 2');
      if (existsSync(join(consumer, 'node_modules/onnxruntime-node'))) {
        expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('engine onnx-cpu') });
      } else {
        expect(stderr).toContain('bench: onnxruntime-node is not installed\nhint: Install with `--ignore-scripts`');
        expect(status).toBe(1);
      }
    },
    180_000,
  );
});

const SCORE = `import { run } from 'dlm-bench';
const [first] = await run({ models: ['tiny-gpt2'], tasks: ['stories-choice'], limit: 3 });
console.log(first.manifest.task.name, first.records.length, first.estimates.acc.n);
`;

/** A thread that imports the package, is sent what our own threads would answer, and is waited for. */
const THREAD = `import { Worker } from 'node:worker_threads';
const worker = new Worker("import('dlm-bench').then(({ run }) => console.log(typeof run))", { eval: true });
worker.on('message', (message) => console.log('answered', message));
worker.on('exit', (code) => console.log('ended', code));
worker.postMessage({ number: 1, kind: 'open' });
`;

const PLUGIN = `import { definePlugin, defineTask, HarnessError, localRows, scoreQuestion, z } from 'dlm-bench';
const rowSchema = z.object({ country: z.string() });
const rows = new URL('./capitals.jsonl', import.meta.url);
const question = () => {
  throw new HarnessError('bad-dataset', 'capitals: expected three cities, found none', { hint: 'add some' });
};
const capitals = defineTask({
  ...{ name: 'capitals', version: 1, description: 'Capitals of countries', chance: 1 / 3 },
  ...{ rowSchema, sources: [localRows('capitals/jsonl', rows, rowSchema)], fixture: rows },
  protocols: { canonical: { question, headline: { autoregressive: 'sum', diffusion: 'sum' } } },
  ...{ id: ({ country }) => country, score: scoreQuestion },
});
export const plugin = definePlugin({ name: 'capitals', version: '1.0.0', tasks: [capitals] });
`;

const TYPED = `import { type Run, run } from 'dlm-bench';
const runs: readonly Run[] = await run({ models: ['tiny-gpt2'], tasks: ['stories-choice'], limit: 3 });
const value: number | undefined = runs[0]?.estimates.acc?.value;
console.log(value);
`;

/** @returns the folder of a consumer who has installed what we would publish */
function installed(name: string, ...flags: string[]): string {
  const consumer = emptyFolder(name);
  const { status, stderr } = inFolder(consumer, 'npm', 'install', pack(folder).file, '--prefer-offline', ...flags);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return consumer;
}

const npx = (cwd: string, command: string) => inFolder(cwd, 'npx', '--no', '--', ...command.split(' '));

/** Checks one file under the settings of a program for Node, with this project's compiler. */
function compiled(cwd: string, file: string) {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const flags = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--typeRoots',
    join(ROOT, 'node_modules/@types'),
    '--types',
    'node',
  ];
  return inFolder(cwd, process.execPath, tsc, ...flags, file);
}
