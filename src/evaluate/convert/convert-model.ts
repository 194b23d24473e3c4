/** Writes a model of any format as a checkpoint folder with safetensors, and says in a card where it came from. */
import { basename, join, resolve } from 'node:path';
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import { readTensor, tensorBytes } from '../../checkpoints/formats/tensor-values.ts';
import type { ValuePiece } from '../../checkpoints/formats/write-safetensors.ts';
import { openCheckpoint } from '../../checkpoints/open.ts';
import { weightFiles } from '../../checkpoints/weights-digest.ts';
import { writeCheckpoint } from '../../checkpoints/write-checkpoint.ts';
import { notSupported, quoted } from '../../core/errors.ts';
import type { FloatFormat } from '../../core/numbers/float-formats.ts';
import { replaceFile } from '../../files/draft.ts';
import { requireEmptyFolder } from '../../files/empty-folder.ts';
import { isFile } from '../../files/file-bytes.ts';
import { readIfThere } from '../../files/read-line.ts';
import { ggufTokenizerDefinition } from '../../tokenizers/gguf-definition.ts';
import { TOKENIZER_FILES } from '../../tokenizers/load.ts';
import { type Conversion, conversionCard } from './conversion-card.ts';

export const DTYPES = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const satisfies Record<
  string,
  FloatFormat
>;
export type DtypeName = keyof typeof DTYPES;

/**
 * Writes `config.json`, `bench.json`, weights, tokenizer files and a card. One weight at a time is in memory.
 *
 * @param out absent, or an empty folder
 * @throws HarnessError 'bad-arguments' where `out` holds something; 'not-supported' where a value is too large for the dtype
 */
export async function convertModel(
  checkpoint: Checkpoint,
  out: string,
  dtype: DtypeName,
): Promise<Conversion & { readonly folder: string }> {
  const folder = resolve(out);
  await requireEmptyFolder(folder);
  const { family, maskId, shift, blockLength } = checkpoint.options;
  const blocks = blockLength === undefined ? {} : { blockLength };
  const { architecture, sft } = checkpoint;
  await writeCheckpoint(folder, {
    architecture,
    layout: 'plain',
    bench: {
      family,
      ...(family === 'diffusion' ? { maskId, shift, ...blocks } : {}),
      ...(sft === null ? {} : { sft }),
      description: `${checkpoint.name} in ${dtype}`,
    },
    dtype: () => DTYPES[dtype],
    values: (name) => valuesIn(checkpoint, name, dtype),
  });
  await copyTokenizer(checkpoint, folder);
  await writeEnds(checkpoint, folder);
  const conversion: Conversion = {
    name: checkpoint.name,
    files: weightFiles(checkpoint.tensors.values())
      .map((file) => basename(file))
      .sort(),
    dtype,
    parameters: checkpoint.parameters,
    origin: await checkpoint.digest(),
    digest: await (await openCheckpoint(folder)).digest(),
  };
  await replaceFile(join(folder, 'README.md'), conversionCard(conversion));
  return { ...conversion, folder };
}

async function* valuesIn({ tensors }: Checkpoint, name: string, dtype: DtypeName): AsyncGenerator<ValuePiece> {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new TypeError(`no weight ${name}`);
  if (tensor.dtype === DTYPES[dtype]) yield* tensorBytes(tensor);
  else {
    const values = await readTensor(tensor);
    requireRange(tensor.publishedName, values, dtype);
    yield values;
  }
}

/** From here on a value rounds to infinity. */
const TOO_LARGE: Readonly<Record<DtypeName, number>> = { float32: Infinity, float16: 65_520, bfloat16: Infinity };

function requireRange(name: string, values: Float32Array, dtype: DtypeName): void {
  const found = values.find((value) => Number.isFinite(value) && Math.abs(value) >= TOO_LARGE[dtype]);
  if (found === undefined) return;
  const hint = 'choose --dtype bfloat16 or float32';
  throw notSupported(`tensor ${quoted(name)} has value ${found}, which ${dtype} cannot hold`, hint);
}

async function copyTokenizer({ folder, tokenizer, name }: Checkpoint, into: string): Promise<void> {
  let copied = 0;
  for (const file of [...TOKENIZER_FILES, 'generation_config.json']) {
    const content = await readIfThere(join(folder, file));
    if (content === null) continue;
    await replaceFile(join(into, file), content);
    copied += 1;
  }
  const definition = copied > 0 || tokenizer === null ? null : ggufTokenizerDefinition(tokenizer, name);
  if (definition === null) return;
  await replaceFile(join(into, 'tokenizer.json'), `${JSON.stringify(definition.json)}\n`);
  await replaceFile(join(into, 'tokenizer_config.json'), `${JSON.stringify(definition.config, null, 2)}\n`);
}

/** What ends a text, where no file that was copied says it. */
async function writeEnds({ endIds }: Checkpoint, into: string): Promise<void> {
  const file = join(into, 'generation_config.json');
  if (endIds.length === 0 || (await isFile(file))) return;
  await replaceFile(file, `${JSON.stringify({ eos_token_id: endIds }, null, 2)}\n`);
}
