/** What `bench reproduce` is told. */
import { names, text } from '../../options/fields.ts';
import { grouped, type OptionsOf, option } from '../../options/option.ts';
import {
  COMPUTE,
  DEVICE_OPTIONS,
  dataDir,
  json,
  outFile,
  switchOption,
  unsafeNoSandbox,
  WEIGHT_OPTIONS,
} from '../../options/shared.ts';
import { TASK_OPTIONS } from '../options.ts';

export const REPRODUCE_OPTIONS = {
  models: option(names('model names'), 'models of the experiment to run', null, 'all whose weights are here'),
  plan: switchOption('show what would be run and what it costs, and run nothing'),
  smoke: switchOption('run all of it end to end on the built-in checkpoints and rows: says nothing of the article'),
  pull: switchOption('fetch weights and data that are missing, as bench models pull and bench data pull do'),
  dataDir,
  out: option(text('a folder'), 'folder of the runs; repeat the command to resume', null, 'results/reproduce/NAME'),
  page: outFile('page to write', 'reports/NAME.html'),
  unsafeNoSandbox,
  json,
  ...WEIGHT_OPTIONS,
  ...DEVICE_OPTIONS,
  ...grouped(COMPUTE, { batchTokens: TASK_OPTIONS.batchTokens }),
};
export interface ReproduceOptions extends OptionsOf<typeof REPRODUCE_OPTIONS> {
  /** Of `EXPERIMENTS`. */
  readonly name: string;
}
