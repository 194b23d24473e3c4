/** A base model with an adapter: each weight that the adapter changes is made of the base's and the change when it is read. */
import type { Configuration } from '../../architectures/architecture.ts';
import { kindOf, weightsOf } from '../../architectures/index.ts';
import { badCheckpoint, type HarnessError, notSupported, quoted, shapeText } from '../../core/errors.ts';
import { isDecoded } from '../../tensor/ops.ts';
import type { PlacedTensors, StoredTensor } from '../checkpoint.ts';
import { publishedValues } from '../formats/decode-tensor.ts';
import type { PublishedTensor } from '../formats/format.ts';
import { readTensor } from '../formats/tensor-values.ts';
import { storedTensor } from '../stored-tensor.ts';
import type { Adapter, AdapterConfig, AdapterTensors, Factors } from './adapter.ts';
import { merge } from './merge.ts';

/**
 * Merges nothing yet: weights are made when they are read. On a tied base, a change of the embedding or of the output matrix alone
 * unties them, as it does in PEFT.
 *
 * @throws HarnessError 'bad-checkpoint' where adapter and base do not fit together, or a factor is missing; 'not-supported' for
 *   an adapter that changes a tied matrix as a whole
 */
export function applyAdapter(adapter: Adapter, configuration: Configuration, base: PlacedTensors): PlacedTensors {
  const { config } = adapter;
  const { names } = kindOf(configuration);
  const changed = [...adapter.updates.keys(), ...adapter.replacements.keys()];
  const unties = base.tiedHead && changed.some((name) => name === names.embedding || name === names.head);
  if (unties && config.keepsTie) throw unreadTie(adapter);
  const tensors = new Map(unties ? untied(base.tensors, names) : base.tensors);
  const roles = new Map(weightsOf(configuration, base.vocabularyRows, true).map(({ name, role }) => [name, role]));
  const target = (name: string): StoredTensor => {
    const found = tensors.get(name);
    if (found !== undefined) return found;
    throw badCheckpoint(adapter.source, `it changes ${quoted(name)}, which is no weight of the base`, ownBase(config));
  };
  for (const [name, factors] of adapter.updates) {
    const isInputMajor = factors.isTable || (kindOf(configuration).linears === 'in-out' && roles.get(name) !== 'table');
    tensors.set(name, updated(target(name), factors, isInputMajor, config));
  }
  for (const [name, tensor] of adapter.replacements) {
    tensors.set(name, storedTensor(tensor, name, target(name).shape));
  }
  return { ...base, tensors, tiedHead: base.tiedHead && !unties };
}

/** Where adapter and base do not fit together, the base is the likelier mistake. */
function ownBase({ base }: AdapterConfig): { readonly hint: string } {
  return { hint: `name the model that it was trained on${base === null ? '' : `, which it calls ${quoted(base)}`}` };
}

function unreadTie({ source }: AdapterTensors): HarnessError {
  const what =
    'ensure_weight_tying is set and the embedding is changed; expected an adapter that leaves the tied matrix alone';
  return notSupported(`${source}: ${what}`, 'merge it in PEFT (merge_and_unload) and save the model');
}

function untied(
  tensors: ReadonlyMap<string, StoredTensor>,
  { embedding, head }: { readonly embedding: string; readonly head: string },
): ReadonlyMap<string, StoredTensor> {
  const shared = tensors.get(embedding);
  return shared === undefined ? tensors : new Map([...tensors, [head, { ...shared, name: head }]]);
}

function updated(base: StoredTensor, factors: Factors, isInputMajor: boolean, config: AdapterConfig): StoredTensor {
  const { a, b, lengths } = requireFitting(base, factors, isInputMajor, config);
  const rank = config.rankOf(factors.module);
  const scaling = config.scalingOf(factors.module);
  const from = [publishedOf(base), a, b, ...(lengths === undefined ? [] : [lengths])];
  const made = {
    from,
    how: `${lengths === undefined ? 'lora' : 'dora'} ${scaling} ${isInputMajor ? 'in-out' : 'out-in'}`,
    values: async () =>
      merge(
        await readTensor(base),
        {
          a: await publishedValues(a),
          b: await publishedValues(b),
          rank,
          scaling,
          lengths: lengths === undefined ? null : await publishedValues(lengths),
        },
        isInputMajor,
      ),
  };
  const { file, name: publishedName } = publishedOf(base);
  const tensor = { name: publishedName, file, offset: 0, byteLength: 0, dtype: 'F32', shape: base.shape, made };
  return storedTensor(tensor, base.name, base.shape);
}

function publishedOf(tensor: StoredTensor): PublishedTensor {
  if (isDecoded(tensor)) return tensor.published;
  const { publishedName: name, file, offset, byteLength, dtype, shape } = tensor;
  return { name, file, offset, byteLength, dtype, shape };
}

/** The factors of an update, each of the shape that base and configuration call for. */
function requireFitting(
  base: StoredTensor,
  { module, a, b, lengths, isTable }: Factors,
  isInputMajor: boolean,
  config: AdapterConfig,
): { readonly a: PublishedTensor; readonly b: PublishedTensor; readonly lengths: PublishedTensor | undefined } {
  const [inputs = 0, outputs = 0] = isInputMajor ? base.shape : [...base.shape].reverse();
  if (a === undefined || b === undefined) {
    const missing = `${a === undefined ? 'lora_A' : 'lora_B'} of ${quoted(module)} is missing`;
    throw badCheckpoint((a ?? b ?? lengths ?? publishedOf(base)).file, `${missing}; an update is the product of both`);
  }
  if (config.isWeightDecomposed !== (lengths !== undefined) || (isTable && lengths !== undefined)) {
    const found = lengths === undefined ? 'no lora_magnitude_vector' : 'a lora_magnitude_vector';
    throw badCheckpoint(a.file, `use_dora is ${config.isWeightDecomposed}, and ${quoted(module)} has ${found}`);
  }
  const rank = config.rankOf(module);
  requireShape(a, [rank, inputs], config);
  requireShape(b, [outputs, rank], config);
  if (lengths !== undefined && lengths.shape.reduce((product, side) => product * side, 1) !== outputs) {
    requireShape(lengths, [outputs], config);
  }
  return { a, b, lengths };
}

function requireShape(tensor: PublishedTensor, expected: readonly number[], config: AdapterConfig): void {
  if (shapeText(tensor.shape) === shapeText(expected)) return;
  const what = `tensor ${quoted(tensor.name)} has shape ${shapeText(tensor.shape)}; base and adapter_config.json call for`;
  throw badCheckpoint(tensor.file, `${what} ${shapeText(expected)}`, ownBase(config));
}
