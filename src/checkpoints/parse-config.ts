/** The value of a `config.json` to the network it describes: the file of its architecture says how it is read. */
import { z } from 'zod';
import type { ArchitectureKind, Configuration } from '../architectures/architecture.ts';
import { readableConfig } from '../architectures/config-fields.ts';
import { unsupported } from '../architectures/config-rules.ts';
import { architectureKinds } from '../architectures/index.ts';
import { badCheckpoint, quoted } from '../core/errors.ts';
import { parseBySchema } from '../files/json-file.ts';
import { layoutOf, netName } from './published-names.ts';

const commonSchema = z.looseObject({ model_type: z.string().nullish(), quantization_config: z.unknown().optional() });

/**
 * Parses the value of a `config.json`. Unknown keys are tolerated; a key that changes the computation in a way that the
 * net does not implement is refused.
 *
 * @param file  its path, for messages
 * @param names tensor names of the checkpoint: they tell the network where `model_type` is absent, as the wrapper of
 *   arXiv 2410.17891 leaves it
 * @throws HarnessError 'bad-checkpoint' on a missing, malformed or inconsistent key;
 *   'not-supported' on a network or a variant that is not implemented
 */
export function parseConfig(value: unknown, file: string, names: Iterable<string>): Configuration {
  const { model_type, quantization_config } = parseBySchema(commonSchema, value, file);
  if (quantization_config != null) throw unsupported(file, 'quantization_config: quantised weights are not read');
  const kinds = architectureKinds();
  const named = (): ArchitectureKind | undefined => kinds.find(({ kind }) => kind === model_type);
  const kind = model_type == null ? kindOfNames([...names]) : named();
  if (kind !== undefined) {
    const readable = readableConfig(kind, Object(value), file);
    return kind.configuration(parseBySchema(kind.configSchema, readable, file), file);
  }
  const expected = `expected one of ${kinds.map((each) => each.kind).join(', ')}`;
  if (model_type != null) throw unsupported(file, `model_type ${quoted(model_type)}; ${expected}`);
  throw badCheckpoint(file, `no model_type, and the tensor names do not tell it; ${expected}`);
}

function kindOfNames(published: readonly string[]): ArchitectureKind | undefined {
  const layout = layoutOf(published);
  return architectureKinds().find(({ names }) =>
    published.some((each) => names.pattern.test(netName(each, names, layout) ?? '')),
  );
}
