/**
 * What `bench run --plan` expects against what the runs then take: `node dist/scripts/check-plan.js ['RUN FLAGS' …]`. Each run is planned with
 * an empty cache folder, so that its rate is measured; it is made, a whole process with its opening; and planned again by the rate that it left
 * behind. Prints a table. Without arguments three runs of a minute or more: left to right, a fixed number of passes, and a race; BENCH_DATA_DIR has
 * their rows. Run it on an idle machine.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Seconds } from '../src/core/units.ts';
import type { PlanDocument } from '../src/report/terminal/plan-table.ts';

const BENCH = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));
const WITHIN = 0.25;
const RUNS = [
  '--models ../shared/models/stories260K-hf --tasks hellaswag',
  '--models tiny-diffugpt --tasks siqa',
  '--models tiny-diffugpt --tasks winogrande,siqa,piqa --passes auto',
];

/** @param folder for its runs and what is kept between them */
function bench(flags: string, folder: string): { readonly said: string; readonly seconds: Seconds } {
  const words = ['run', ...flags.split(' '), '--out', join(folder, 'runs'), '--json'];
  const env = { ...process.env, BENCH_CACHE_DIR: join(folder, 'cache') };
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [BENCH, ...words], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`bench run ${flags}: exit code ${status}: ${stderr}`);
  return { said: stdout, seconds: (performance.now() - started) / 1000 };
}

function planned(flags: string, folder: string): Seconds {
  const { runs } = JSON.parse(bench(`${flags} --plan`, folder).said) as PlanDocument;
  return runs.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** A line of the table. */
function line(flags: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'check-plan-'));
  try {
    const before = planned(flags, folder);
    const { seconds } = bench(flags, folder);
    const after = planned(flags, folder);
    const off = (expected: Seconds): string => {
      const share = expected / seconds - 1;
      return `${expected.toFixed(1)} s, ${(100 * share).toFixed(0)} %${Math.abs(share) <= WITHIN ? '' : ' MISS'}`;
    };
    return `| \`${flags}\` | ${off(before)} | ${seconds.toFixed(1)} s | ${off(after)} |`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const given = process.argv.slice(2);
console.log('| run | planned | measured | planned by the rate that was kept |\n|---|---|---|---|');
for (const flags of given.length === 0 ? RUNS : given) console.log(line(flags));
