/**
 * A program that the resume tests kill while a diffusion model writes: random-diffugpt on the rows of lambada-decoding's fixture,
 * over and over, with every denoising step kept. From the built sources.
 *
 *     node writing-driver.mjs <out> [repetitions]
 *
 * Exits 0 when the run is complete, 1 with code and message on an error.
 */

import { loadTask } from '../../../dist/src/datasets/load-task.js';
import { engineOf } from '../../../dist/src/engines/index.js';
import { openModelFiles } from '../../../dist/src/evaluate/open-parts.js';
import { RUN_DEFAULTS } from '../../../dist/src/evaluate/options.js';
import { openLanguageModel } from '../../../dist/src/lm/language-model.js';
import { describeMachine } from '../../../dist/src/runner/environment.js';
import { describeRun, examplesOf } from '../../../dist/src/runner/plan.js';
import { executeRun } from '../../../dist/src/runner/run.js';
import { lambadaDecoding as task } from '../../../dist/tasks/lambada-decoding.js';

const [out = 'results/runs', repetitions = '48'] = process.argv.slice(2);
const settings = {
  protocol: 'canonical',
  estimator: 'denoising/2',
  seed: 0,
  steps: [1, 2, 4],
  passes: 0,
  draws: 1,
  openFraction: 1,
  shift: true,
};

try {
  const { rows: few } = await loadTask(task, { dataDir: null, allowFixtures: true, onlyFixtures: true });
  const rows = Array.from({ length: Number(repetitions) }, () => few).flat();
  const { checkpoint, tokenizer } = await openModelFiles('random-diffugpt', RUN_DEFAULTS);
  const model = await openLanguageModel({ checkpoint, tokenizer, engine: await engineOf('onnx', 1) });
  const source = { name: 'fixture', variant: null };
  const manifest = describeRun({ task, source, rows, limit: null, model: model.identity, settings });
  const examples = examplesOf(task, settings.protocol, rows, null);
  await executeRun(
    { out, manifest, task, examples, model, machine: describeMachine({}) },
    { unitSize: 4, concurrency: 2, trace: true },
  );
  await model.dispose();
} catch (error) {
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
