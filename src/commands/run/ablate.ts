/** `bench ablate`: diffusion models read with less of the future or with the other alignment, item by item against their own way. */
import { toAblateOptions } from '../../evaluate/consistent-options.ts';
import { ABLATE_OPTIONS, type AblateOptions } from '../../evaluate/options.ts';
import { ablationTable } from '../../report/terminal/ablation-table.ts';
import { shownNames } from '../../report/terminal/model-names.ts';
import type { AblationDocument } from '../../report/view/ablation.ts';
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
  print(io, options, document, () => ablationTable(document, io.columns) + storedText(document, options));
  return exitCodeOf(document.runs, io);
}

function storedText({ runs }: AblationDocument, { out }: AblateOptions): string {
  const nameOf = shownNames(runs.map(({ model }) => model));
  const labels = runs.map(
    ({ task, model, openFraction, shift }) =>
      `${task}, ${nameOf(model)}, attention ${openFraction}, shift ${shift ? 'on' : 'off'}`,
  );
  return storedRunsText(runs, (i) => labels[i] as string, [`bench report --runs ${out}`]);
}
