/** HumanEval-infill through the command line: models on the built-in rows, and completions of others run again. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/commands/run/run.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import { openSandbox } from '../../src/sandbox/open-sandbox.ts';
import { readRun } from '../../src/store/read-run.ts';
import { recordingIo } from './recording-io.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const data = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const SET = join(data, 'humaneval-infilling/HumanEval-SingleLineInfilling.jsonl.gz');
const LONG_MS = 120_000;

const works = await openSandbox().then(
  () => true,
  () => false,
);
const canRun = works ? '' : ' (skipped: no sandbox works here)';
const canRescore = works && existsSync(SET) && existsSync(join(root, 'dist'));
const skipped = canRescore ? '' : ' (skipped: no sandbox, no dist, or no ../shared/data)';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-programs-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(!works)(`bench run${canRun}`, () => {
  async function bench(options: Partial<RunOptions>) {
    const io = recordingIo();
    const models = ['random-gpt2', 'random-diffugpt'];
    const tasks = ['humaneval-infill'];
    const given = { ...RUN_DEFAULTS, models, tasks, fixtures: true, json: true, out: folder, limit: 4, ...options };
    expect(await run(given, io)).toBe(0);
    return JSON.parse(io.written.stdout).runs as { path: string; metrics: Record<string, { n: number }> }[];
  }

  it(
    'has a column for each way to end the text, over all items, with the verdict of each program',
    async () => {
      const runs = await bench({ steps: [2] });
      expect(runs.map(({ metrics }) => Object.entries(metrics).map(([name, { n }]) => `${name} ${n}`))).toEqual([
        ['pass@1 4', 'pass@1@line 4'],
        ['pass@1 4', 'pass@1@canvas-32 4', 'pass@1@canvas-64 4'],
      ]);
      const { records, environment } = await readRun(runs[1]?.path ?? '');
      const { facts } = await openSandbox();
      expect(environment.sessions.map(({ machine }) => machine.sandbox)).toEqual([facts]);
      for (const { score } of records) {
        if (score.kind !== 'scored') throw new TypeError(score.reason);
        expect(Object.keys(score.verdicts ?? {})).toEqual(['canvas-32', 'canvas-64', 'default']);
      }
    },
    LONG_MS,
  );

  it(
    'draws under paper, and stores the same bytes when computed again',
    async () => {
      const bytes = async (out: string) => {
        const runs = await bench({ protocol: 'paper', steps: [2], draws: 2, out: join(folder, out) });
        expect(Object.keys(runs[1]?.metrics ?? {})).toEqual(['pass@1', 'pass@2']);
        return Promise.all(runs.map(({ path }) => readFile(join(path, 'records.jsonl'), 'utf8')));
      };
      expect(await bytes('again')).toEqual(await bytes('once'));
    },
    LONG_MS,
  );
});

describe.skipIf(!canRescore)(`bench rescore${skipped}`, () => {
  interface Row {
    readonly task_id: string;
    readonly canonical_solution: string;
    readonly suffix: string;
  }
  let rows: Row[];
  beforeAll(async () => {
    rows = gunzipSync(await readFile(SET))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  });

  async function rescore(lines: readonly object[], ...flags: string[]) {
    const file = join(folder, 'completions.jsonl');
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const args = [join(root, 'bin/bench.js'), 'rescore', 'humaneval-infill', file, '--data-dir', data, ...flags];
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(process.execPath, args, (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      });
    });
  }
  const gold = (row: Row | undefined) => ({ task_id: row?.task_id, completion: row?.canonical_solution });
  const empty = (row: Row | undefined) => ({ task_id: row?.task_id, completion: '' });

  it(
    'passes published lines, fails empty ones, and counts tasks without a completion as failed (T28, T37)',
    async () => {
      const lines = [...rows.slice(0, 3).map(gold), ...rows.slice(3, 6).map(empty)];
      const { code, stdout } = await rescore(lines, '--json');
      expect(code).toBe(0);
      const document = JSON.parse(stdout);
      expect(document).toMatchObject({
        task: 'humaneval-infill',
        n: 6,
        metrics: { 'pass@1': { value: 3 / 1033, n: 1033, unscored: 0 } },
        verdicts: { passed: 3, wrong: 3, timeout: 0, crash: 0, limit: 0, 'not-run': 0 },
        missing: 1027,
        sandbox: { backend: expect.any(String), accounting: expect.stringMatching(/^(cgroup|cgroup-time|judge)$/) },
        refused: [],
      });
      expect(document.notes[0]).toMatch(
        /^1027 of 1033 tasks have no completion and count as failed: SingleLineInfilling/,
      );
      expect(document.notes[1]).toMatch(/^humaneval-infill: empty completion passes 27 of 1033, 2\.61 %/);
    },
    LONG_MS,
  );

  it(
    'estimates pass@k from several completions a task',
    async () => {
      const [first, second] = rows;
      const lines = [gold(first), empty(first), gold(second), gold(second)];
      const { stdout } = await rescore(lines, '--json');
      expect(JSON.parse(stdout).metrics).toMatchObject({
        'pass@1': { value: 1.5 / 1033, n: 1033 },
        'pass@2': { value: 2 / 1033, n: 1033 },
      });
    },
    LONG_MS,
  );

  it(
    'survives hostile completions and lines that it cannot read',
    async () => {
      const marker = join(folder, 'written-by-a-completion');
      const hostile = [
        `open(${JSON.stringify(marker)}, 'w').write('x')`,
        'import os; os._exit(0)',
        'print("passed"); import os; os.kill(os.getppid(), 9)',
        'while True: pass',
      ];
      const last = rows.find(({ suffix }) => suffix === '');
      const indent = /^ */.exec(last?.canonical_solution ?? '')?.[0];
      const lines = hostile.map((line) => ({ task_id: last?.task_id, completion: `${indent}${line}\n` }));
      const { code, stdout, stderr } = await rescore([...lines, { task_id: 'HumanEval/0', completion: '' }], '--json');
      expect(code).toBe(1);
      expect(stderr).toMatch(/line 5, field task_id: expected a task of humaneval-infill, .* found "HumanEval\/0"/);
      const { verdicts, metrics, n, notes } = JSON.parse(stdout);
      expect(n).toBe(5);
      expect(notes[1]).toBe('1 refused line counts as no completion: a task without another one has failed.');
      expect(verdicts).toMatchObject({ passed: 0, timeout: 1, 'not-run': 0 });
      expect(metrics['pass@1']).toMatchObject({ value: 0, n: 1033, unscored: 0 });
      expect(existsSync(marker)).toBe(false);
    },
    LONG_MS,
  );
});
