// `npm test`: build, typecheck, lint, then every test. Skipped tests are listed with their reasons, and the last line is
// `N passed, N failed, N skipped`. Ends with an error when a step fails, a file does not load, or no test ran.
// Arguments go to vitest: `npm test -- src/report` runs the tests of one folder.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = packageBin('typescript', 'tsc');
const biome = packageBin('@biomejs/biome', 'biome');
const vitest = packageBin('vitest', 'vitest');

const steps = [
  ['build', 'npm', ['run', '-s', 'build']], // begins anew: a test must not pass on files whose sources are gone
  ['typecheck', process.execPath, [tsc, '-p', 'tsconfig.json', '--noEmit']],
  ['lint', process.execPath, [biome, 'check', '--error-on-warnings', '.']],
];
const failedSteps = steps.filter(([name, program, args]) => !ran(name, program, args)).map(([name]) => name);
const summary = runTests(process.argv.slice(2));

for (const line of summary.skips) console.log(`skipped: ${line}`);
for (const line of summary.broken) console.log(`did not load: ${line}`);
for (const name of failedSteps) console.log(`failed step: ${name}`);
if (summary.passed + summary.failed === 0) console.log('no test ran');
console.log(`${summary.passed} passed, ${summary.failed + failedSteps.length} failed, ${summary.skipped} skipped`);
process.exitCode = failedSteps.length > 0 || summary.failed > 0 || summary.passed === 0 || !summary.ok ? 1 : 0;

function ran(name, program, args) {
  console.log(`> ${name}`);
  const shell = program === 'npm' && process.platform === 'win32'; // npm is a script there
  return spawnSync(program, args, { cwd: root, stdio: 'inherit', shell }).status === 0;
}

function runTests(args) {
  console.log('> tests');
  const folder = mkdtempSync(join(tmpdir(), 'bench-tests-'));
  const file = join(folder, 'summary.json');
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--reporter=default', '--reporter=./scripts/test-reporter.mjs', ...args],
    { cwd: root, stdio: 'inherit', env: { ...process.env, BENCH_TEST_SUMMARY: file } },
  );
  const none = { passed: 0, failed: 0, skipped: 0, skips: [], broken: [] };
  const summary = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : none;
  rmSync(folder, { recursive: true });
  return { ...summary, ok: status === 0 };
}

/** Path of a program that a dependency installs. */
function packageBin(name, program) {
  const manifest = join(root, 'node_modules', name, 'package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[program]);
}
