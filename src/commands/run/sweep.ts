/** `bench sweep`: what the number of diffusion steps T, and samplers, change, and the smallest T that is as good as the largest. */
import { toSweepOptions } from '../../evaluate/consistent-options.ts';
import { SWEEP_OPTIONS, type SweepOptions } from '../../evaluate/options.ts';
import { sweepTable } from '../../report/terminal/sweep-table.ts';
import { type CommandIo, print } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { declareVerb } from '../shell/verb.ts';
import { exitCodeOf } from './exit-code.ts';
import { storedRunsText } from './stored-runs.ts';

export const verb = declareVerb({
  options: SWEEP_OPTIONS,
  readsConfig: true,
  examples: {
    'sweep --models diffugpt-m --tasks hellaswag --steps 1,8,32 --margin 0.02': 'up to 2 points count as no loss',
    'sweep --models tiny-diffugpt --tasks word-problems --sampler confidence,threshold:threshold=0.7,threshold:threshold=0.9':
      'samplers: accuracy against forward passes',
    'sweep --models diffugpt-m --tasks piqa --protocol paper': 'every T drawn by itself, as the published scripts do',
  },
  settle: toSweepOptions,
  run,
});

/** @throws HarnessError 'bad-arguments' when no model is a diffusion model */
export async function run(options: SweepOptions, io: CommandIo): Promise<number> {
  const { sweepSteps } = await import('../../evaluate/sweep.ts');
  const document = await sweepSteps(options, observe(io));
  const stored = () =>
    storedRunsText(document.runs, options, ({ sampler }) => (sampler === undefined ? [] : [sampler]));
  print(io, options, document, () => sweepTable(document, io.columns) + stored());
  return exitCodeOf(document.runs, io);
}
