/**
 * Holds README's figures against what its commands give now: `node dist/scripts/check-readme.js`, some minutes. Times are not compared.
 * Exit code 1 where a line of a table, or a number of the sweep, is not in README as it stands.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RUN = 'run --models tiny-gpt2,tiny-diffugpt';
const SWEEP = 'sweep --models tiny-diffugpt,tiny-diffugpt-noshift --tasks pointer-chasing --steps 1,2,4,8';

/** What a command of README prints, its runs in a folder of their own. */
function printed(command: string, out: string): string {
  const args = [join(ROOT, 'bin/bench.js'), ...command.split(' '), '--out', out];
  const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1', COLUMNS: '100' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`bench ${command}: exit code ${status}: ${stderr}`);
  return stdout;
}

/** Accuracies of a sweep by model, as README words them: `28.5, 35.0, 50.5, 99.5 %`. */
function accuracies(sweep: string): readonly string[] {
  const tables = sweep.split(/^pointer-chasing, /m).slice(1);
  return tables.map((table) => `${[...table.matchAll(/^\d+ +(\d+\.\d) \[/gm)].map(([, value]) => value).join(', ')} %`);
}

function main(): number {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const out = mkdtempSync(join(tmpdir(), 'bench-readme-'));
  try {
    const [table = ''] = printed(RUN, out).split('\nAccuracies in percent');
    const expected = [
      ...table.split('\n').map((line) => line.trimEnd()),
      ...accuracies(printed(`${SWEEP} --limit 200`, out)),
    ].filter((text) => text !== '');
    const missing = expected.filter((text) => !readme.includes(text));
    for (const text of missing) console.log(`not in README: ${text}`);
    console.log(`${expected.length - missing.length} of ${expected.length} figures and lines stand in README`);
    return missing.length === 0 ? 0 : 1;
  } finally {
    rmSync(out, { recursive: true });
  }
}

process.exitCode = main();
