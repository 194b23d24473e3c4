/** `bench models convert IN OUT`: a model of any format as a folder with safetensors. */
import { openModel } from '../../checkpoints/open.ts';
import { badArguments } from '../../core/errors.ts';
import { convertModel, type DtypeName } from '../../evaluate/convert/convert-model.ts';
import type { ModelOverrides } from '../../options/shared.ts';
import { type CommandIo, EXIT, type Outcome } from '../shell/io.ts';

export interface ConvertOptions extends Omit<ModelOverrides, 'tokenizer'> {
  readonly names: readonly string[];
  /** null: float32, in which every value is exact. */
  readonly dtype: DtypeName | null;
}

/** @throws HarnessError 'bad-arguments' where there are not two names; as `openModel` and `convertModel` */
export async function convert({ names, dtype, ...overrides }: ConvertOptions, io: CommandIo): Promise<Outcome> {
  const [model, out, ...rest] = names;
  if (model === undefined || out === undefined || rest.length > 0) {
    const hint = 'bench models convert model.gguf models/converted --dtype float16';
    throw badArguments(`expected a model and a folder, found ${names.join(' ')}`, hint);
  }
  const checkpoint = await openModel(model, overrides);
  for (const note of checkpoint.notes) io.stderr(`${checkpoint.name}: ${note}\n`);
  const { folder, ...conversion } = await convertModel(checkpoint, out, dtype ?? 'float32');
  const same = conversion.digest === conversion.origin ? ', those of the origin' : '';
  const text = `${checkpoint.name}: ${conversion.parameters.toLocaleString('en')} parameters in ${conversion.dtype}
weights sha256 ${conversion.digest}${same}
${folder}
Next: bench doctor ${out}
`;
  return { text, document: { ...conversion, folder }, exitCode: EXIT.ok };
}
