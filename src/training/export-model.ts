/** A trained model as a folder that this harness, and loaders of the published layouts, read. */

import type { Architecture } from '../architectures/architecture.ts';
import type { BenchJson } from '../checkpoints/answering.ts';
import type { StoredDtype } from '../checkpoints/checkpoint.ts';
import { writeCheckpoint } from '../checkpoints/write-checkpoint.ts';
import type { Parameters } from './initial-parameters.ts';

export interface TrainedModel {
  /** Its number of vocabulary rows is that of the parameters. */
  readonly architecture: Architecture;
  readonly parameters: Parameters;
  readonly bench: BenchJson;
  readonly dtype: StoredDtype;
}

/** Autoregressive models as the causal classes save themselves, diffusion models as the published wrapper does. */
export function exportModel(folder: string, { architecture, parameters, bench, dtype }: TrainedModel): Promise<void> {
  return writeCheckpoint(folder, {
    architecture,
    layout: bench.family === 'diffusion' ? 'wrapper' : 'plain',
    bench,
    dtype: () => dtype,
    values(name) {
      const parameter = parameters.get(name);
      if (parameter === undefined) throw new TypeError(`no parameter ${name} was trained`);
      return [parameter.data as Float32Array];
    },
  });
}
