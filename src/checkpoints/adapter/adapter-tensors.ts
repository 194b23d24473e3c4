/**
 * The tensors of an adapter's file, by the weight of the network that each belongs to. Names are the modules' of the model that was
 * trained, which may be the plain network or the diffusion wrapper, whatever the base is.
 *
 * @source huggingface/peft v0.21.0, src/peft/utils/save_and_load.py `get_peft_model_state_dict`
 */
import { join } from 'node:path';
import type { TensorNames } from '../../architectures/architecture.ts';
import { layoutOf, netName } from '../../architectures/index.ts';
import { badCheckpoint, HarnessError, quoted } from '../../core/errors.ts';
import { isFile } from '../../files/file-bytes.ts';
import type { PublishedTensor } from '../formats/format.ts';
import { pytorch } from '../formats/pytorch/read-torch-file.ts';
import { safetensors } from '../formats/safetensors.ts';
import type { AdapterTensors, Factors } from './adapter.ts';

const FRONT = /^base_model\.model\./;
const FACTOR =
  /^(.+)\.(lora_A|lora_B|lora_embedding_A|lora_embedding_B|lora_magnitude_vector)(?:\.default)?(?:\.weight)?$/;
const ROLES = {
  lora_A: 'a',
  lora_B: 'b',
  lora_embedding_A: 'a',
  lora_embedding_B: 'b',
  lora_magnitude_vector: 'lengths',
} as const;
/** What PEFT puts into the names of weights that it keeps or replaces whole. */
const WHOLE = /\.(base_layer|modules_to_save(?:\.default)?)(?=\.)/;

/** @throws HarnessError 'bad-checkpoint' where a tensor belongs to no weight of the network's names, or there is no file */
export async function readAdapterTensors(folder: string, names: TensorNames): Promise<AdapterTensors> {
  const { source, tensors } = await adapterFile(folder);
  const modules = tensors.map((tensor) => ({ tensor, name: tensor.name.replace(FRONT, '') }));
  const layout = layoutOf(modules.map(({ name }) => name));
  const updates = new Map<string, Factors>();
  const replacements = new Map<string, PublishedTensor>();
  const placed = (name: string, { file, name: asFiled }: PublishedTensor): string => {
    const found = netName(name, names, layout);
    if (found !== null) return found;
    throw badCheckpoint(file, `tensor ${quoted(asFiled)} belongs to no weight of the base`);
  };
  for (const { tensor, name } of modules) {
    const [, module, factor] = FACTOR.exec(name) ?? [];
    if (module !== undefined && factor !== undefined) {
      const weight = placed(`${module}.weight`, tensor);
      const { [ROLES[factor as keyof typeof ROLES]]: twice } = updates.get(weight) ?? {};
      if (twice !== undefined)
        throw badCheckpoint(source, `tensors ${quoted(twice.name)} and ${quoted(tensor.name)} are the same`);
      updates.set(weight, {
        ...updates.get(weight),
        module,
        isTable: factor.startsWith('lora_embedding'),
        [ROLES[factor as keyof typeof ROLES]]: tensor,
      });
    } else replacements.set(placed(name.replace(WHOLE, ''), tensor), tensor);
  }
  // The matrix that is updated may be stored beside its update, as it was.
  for (const weight of updates.keys()) replacements.delete(weight);
  return { source, updates, replacements };
}

async function adapterFile(folder: string) {
  for (const { suffix, readFile } of [safetensors, pytorch]) {
    const source = join(folder, `adapter_model${suffix}`);
    if (await isFile(source)) return { source, tensors: (await readFile(source)).tensors };
  }
  const what = `${folder}: expected adapter_model.safetensors or .bin beside adapter_config.json, found neither`;
  throw new HarnessError('missing-checkpoint', what);
}
