/**
 * The program that the resume tests kill: a scripted run, from the built sources.
 *
 *     node driver.mjs <out> [rows] [delay in ms] [order]
 *
 * Prints one JSON line and exits 0 when the run is complete, 1 with code and message on an error.
 */
import { executeRun } from '../../../dist/src/runner/run.js';
import { scriptedRun } from '../../../dist/test/scripted/scripted-run.js';

const [out = 'results/runs', rows = '60', delayMs = '20', order = 'dataset'] = process.argv.slice(2);
const inputs = scriptedRun({ rows: Number(rows), delayMs: Number(delayMs) });

try {
  const outcome = await executeRun({ ...inputs, out }, { unitSize: 4, concurrency: 2, order });
  const warnings = outcome.warnings.map(({ code }) => code);
  console.log(JSON.stringify({ state: outcome.state, newItems: outcome.newItems, warnings }));
} catch (error) {
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
