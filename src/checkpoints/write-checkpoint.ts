import { join } from 'node:path';
import type { Architecture, Layout } from '../architectures/architecture.ts';
import { kindOf, publishedName, WRAPPED_EMBEDDING, weightsOf } from '../architectures/index.ts';
import { makeFolder, replaceFile } from '../files/draft.ts';
import type { BenchJson } from './answering.ts';
import type { StoredDtype } from './checkpoint.ts';
import { type ValuePiece, writeSafetensors } from './formats/write-safetensors.ts';

export interface CheckpointSource {
  readonly architecture: Architecture;
  /** `plain`: as the causal classes save themselves; `wrapper`: as the published diffusion wrapper does. */
  readonly layout: Layout;
  readonly bench: BenchJson;
  /** Storage format of a weight, by net name. */
  dtype(name: string): StoredDtype;
  /** Values of a weight, by net name, in storage order; see `TensorSource.values`. */
  values(name: string, shape: readonly number[]): Iterable<ValuePiece> | AsyncIterable<ValuePiece>;
}

/**
 * Writes `config.json`, `bench.json` and `model.safetensors` to a folder, which is made if needed. The weights come last:
 * a new folder that has them is complete. Tokenizer files are not written.
 */
export async function writeCheckpoint(folder: string, source: CheckpointSource): Promise<void> {
  const { architecture, layout, bench } = source;
  const { vocabularyRows, tiedHead } = architecture;
  const { names, configJson } = kindOf(architecture);
  const tensors = weightsOf(architecture, vocabularyRows, !tiedHead).map(({ name, shape }) => ({
    name: publishedName(name, names, layout),
    dtype: source.dtype(name),
    shape,
    values: () => source.values(name, shape),
  }));
  await makeFolder(folder);
  await writeJson(join(folder, 'config.json'), configJson(architecture, bench));
  await writeJson(join(folder, 'bench.json'), bench);
  const alias = layout === 'wrapper' && tiedHead ? { [names.head]: WRAPPED_EMBEDDING } : { format: 'pt' };
  await writeSafetensors(join(folder, 'model.safetensors'), tensors, alias);
}

async function writeJson(file: string, value: object): Promise<void> {
  await replaceFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
