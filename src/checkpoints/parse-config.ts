/** The value of a `config.json` to the network it describes: the file of its architecture says how it is read. */
import { z } from 'zod';
import type { ArchitectureKind, ClassAnswering, Configuration } from '../architectures/architecture.ts';
import { readableConfig, unknownFields } from '../architectures/config/config-fields.ts';
import { unsupported } from '../architectures/config/config-rules.ts';
import { REFUSED } from '../architectures/config/refused.ts';
import { architectureKinds } from '../architectures/index.ts';
import { badCheckpoint, HarnessError, quoted } from '../core/errors.ts';
import { parseBySchema } from '../files/json-file.ts';
import { layoutOf, netName } from './published-names.ts';

const commonSchema = z.looseObject({
  model_type: z.string().nullish(),
  quantization_config: z
    .looseObject({ quant_method: z.string(), load_in_8bit: z.boolean(), load_in_4bit: z.boolean() })
    .partial()
    .nullish(),
});

/** All that a `config.json` says. */
export interface ReadConfig {
  readonly configuration: Configuration;
  /** How models of its class answer. */
  readonly answering: ClassAnswering;
  /** Fields of which nothing is known here. */
  readonly unknown: readonly string[];
}

/**
 * Parses the value of a `config.json`. A key that changes the computation in a way that the net does not implement is refused;
 * unknown keys are tolerated, and told.
 *
 * @param file  its path, for messages
 * @param names tensor names of the checkpoint: they tell the network where `model_type` is absent, as the wrapper of
 *   arXiv 2410.17891 leaves it
 * @throws HarnessError 'bad-checkpoint' on a missing, malformed or inconsistent key;
 *   'not-supported' on a network or a variant that is not implemented
 */
export function parseConfig(value: unknown, file: string, names: Iterable<string>): ReadConfig {
  const { model_type, quantization_config } = parseBySchema(commonSchema, value, file);
  if (quantization_config != null) requireBitsAndBytes(file, quantization_config);
  const kind = model_type == null ? kindOfNames([...names], file) : kindNamed(model_type, file);
  const readable = readableConfig(kind, Object(value), file);
  const config = parseBySchema(kind.configSchema, readable, file);
  return {
    configuration: kind.configuration(config, file),
    answering: kind.answering?.(config) ?? {},
    unknown: unknownFields(kind, Object(value)),
  };
}

function kindNamed(modelType: string, file: string): ArchitectureKind {
  const found = architectureKinds().find(({ kind }) => kind === modelType);
  if (found !== undefined) return found;
  const reason = Object.hasOwn(REFUSED, modelType) ? REFUSED[modelType] : undefined;
  const what = `model_type ${quoted(modelType)}`;
  throw unsupported(file, reason === undefined ? `${what}; ${expected()}` : `${what} is not read: ${reason}`);
}

/** Configs of releases that knew bitsandbytes only do not name it. */
function requireBitsAndBytes(
  file: string,
  { quant_method, load_in_8bit, load_in_4bit }: NonNullable<z.infer<typeof commonSchema>['quantization_config']>,
): void {
  const method = quant_method ?? (load_in_8bit || load_in_4bit ? 'bitsandbytes' : 'an unnamed method');
  if (method === 'bitsandbytes') return;
  const what = `weights are quantised by ${method}; expected bitsandbytes or none`;
  throw new HarnessError('not-supported', `${file}: quantization_config: ${what}`, {
    hint: 'use the 16-bit weights that this model was made from, or a GGUF file of it',
  });
}

function kindOfNames(published: readonly string[], file: string): ArchitectureKind {
  const layout = layoutOf(published);
  const found = architectureKinds().find(({ names }) =>
    published.some((each) => names.pattern.test(netName(each, names, layout) ?? '')),
  );
  if (found !== undefined) return found;
  throw badCheckpoint(file, `no model_type, and the tensor names do not tell it; ${expected()}`);
}

const expected = (): string => {
  const kinds = architectureKinds().map(({ kind }) => kind);
  return `expected one of ${kinds.join(', ')}`;
};
