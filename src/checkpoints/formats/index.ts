/** The formats in which weights are read. */
import { join } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { isFile } from '../../files/file-bytes.ts';
import type { PublishedWeights, WeightFormat } from './format.ts';
import { INDEX, SINGLE, safetensors } from './safetensors.ts';

/** The first one that a folder has files of is read. */
const FORMATS: WeightFormat[] = [
  safetensors, //
];

/**
 * Adds a format, for packages that bring their own.
 *
 * @throws RangeError when its name is taken
 */
export function registerFormat(added: WeightFormat): void {
  if (FORMATS.some(({ name }) => name === added.name)) throw new RangeError(`format ${added.name} exists already`);
  FORMATS.push(added);
}

/** Where the weights of a folder lie; null where it has none that can be read. */
export async function readPublishedWeights(folder: string): Promise<PublishedWeights | null> {
  for (const format of FORMATS) {
    const found = await format.read(folder);
    if (found !== null) return found;
  }
  return null;
}

/** The error for a folder without weights; says what to do with those that are there in another form. */
export async function noWeights(folder: string): Promise<HarnessError> {
  if (
    (await isFile(join(folder, 'pytorch_model.bin'))) ||
    (await isFile(join(folder, 'pytorch_model.bin.index.json')))
  ) {
    return new HarnessError('not-supported', `${folder}: weights are in pytorch_model.bin; expected ${SINGLE}`, {
      hint: `convert once, in that folder: ${CONVERT}`,
    });
  }
  if (await isFile(join(folder, 'adapter_model.safetensors'))) {
    return new HarnessError('not-supported', `${folder}: holds an adapter, not a model; expected ${SINGLE}`, {
      hint: 'merge the adapter into its base model and save that',
    });
  }
  return new HarnessError('missing-checkpoint', `${folder}: no weights; expected ${SINGLE} or ${INDEX}`);
}

/** Copies tensors under their own names, so it serves every layout; a clone ends the sharing that the format cannot store. */
const CONVERT = [
  'python -c "import glob, torch; from safetensors.torch import save_file; w = {}',
  "[w.update(torch.load(f, map_location='cpu', weights_only=True)) for f in sorted(glob.glob('pytorch_model*.bin'))]",
  "save_file({k: v.clone().contiguous() for k, v in w.items()}, 'model.safetensors')\"",
].join('; ');
