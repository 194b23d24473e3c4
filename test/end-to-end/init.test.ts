/** `bench init` in an empty folder, and what it wrote put to use. Runs the compiled program. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const project = mkdtempSync(join(tmpdir(), 'bench-init-'));
afterAll(() => rmSync(project, { recursive: true }));

const node = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: project, encoding: 'utf8' });
  return { status, stdout, stderr };
};
const bench = (words: string) => node(join(ROOT, 'bin', 'bench.js'), ...words.split(' '));

it('writes a project that works as it stands', { timeout: 120_000 }, () => {
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(ROOT, join(project, 'node_modules', 'dlm-bench'));
  const begun = bench('init');
  expect(begun).toMatchObject({ status: 0, stderr: '' });
  expect(begun.stdout).toMatch(/wrote bench\.config\.json[\s\S]*\n {2}npx bench run --config bench\.run\.json\n/);

  const scored = bench('run --config bench.run.json --models random-gpt2 --plugin ./tasks/capitals.mjs --json');
  expect(scored.status, scored.stderr).toBe(0);
  const [run] = JSON.parse(scored.stdout).runs;
  expect(run).toMatchObject({ task: 'capitals', model: 'random-gpt2', items: 8 });
  expect(bench('list tasks').stdout).toMatch(/capitals/);
  expect(bench(`show ${run.path} france`)).toMatchObject({ status: 0 });
  expect(bench(`replay ${run.path}`).stdout).toMatch(/identical/);
  expect(bench('report --format md --out report.md').status).toBe(0);
  expect(readFileSync(join(project, 'report.md'), 'utf8')).toMatch(/capitals/);
  expect(bench('bless results/runs --name main').status).toBe(0);
  expect(bench('gate --baseline results/baselines/main.json --candidate results/runs').status).not.toBe(2);
  expect(node('--test', 'tasks').status).toBe(0);
});

it('overwrites nothing', () => {
  const { status, stderr } = bench('init');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^bench: expected a folder without bench\.config\.json, found one in /);
});
