/** `bench ablate`: diffusion models read with less of the future or with the other alignment, item by item against their own way. */
import { toAblateOptions } from '../../evaluate/consistent-options.ts';
import { ABLATE_OPTIONS, type AblateOptions } from '../../evaluate/options.ts';
import { ablationTable } from '../../report/terminal/ablation-table.ts';
import { type CommandIo, print } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { declareVerb } from '../shell/verb.ts';
import { exitCodeOf } from './exit-code.ts';
import { storedRunsText } from './stored-runs.ts';

export const verb = declareVerb({
  options: ABLATE_OPTIONS,
  readsConfig: true,
  examples: {
    'ablate --models diffugpt-m --tasks piqa,lambada --attention 0,1 --shift on': 'causal against bidirectional',
  },
  settle: toAblateOptions,
  run,
});

/** @throws HarnessError 'bad-arguments' on an autoregressive model */
export async function run(options: AblateOptions, io: CommandIo): Promise<number> {
  const { ablateReading } = await import('../../evaluate/ablate.ts');
  const document = await ablateReading(options, observe(io));
  const stored = () =>
    storedRunsText(document.runs, options, ({ openFraction, shift }) => [
      `attention ${openFraction}`,
      `shift ${shift ? 'on' : 'off'}`,
    ]);
  print(io, options, document, () => ablationTable(document, io.columns) + stored());
  return exitCodeOf(document.runs, io);
}
