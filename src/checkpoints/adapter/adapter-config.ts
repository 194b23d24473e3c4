/**
 * `adapter_config.json` of PEFT: how strongly low-rank updates count, and what of PEFT is more than low-rank updates.
 *
 * @source huggingface/peft v0.21.0, src/peft/tuners/lora/config.py (fields), layer.py `update_layer` (scaling),
 *   utils/other.py `get_pattern_key` (patterns)
 */
import { join } from 'node:path';
import { z } from 'zod';
import { badCheckpoint, HarnessError, notSupported, quoted } from '../../core/errors.ts';
import { isFile } from '../../files/file-bytes.ts';
import { parseBySchema, readJsonFile } from '../../files/json-file.ts';
import type { AdapterConfig } from './adapter.ts';

export const ADAPTER_CONFIG = 'adapter_config.json';

const pattern = z.record(z.string(), z.number().positive()).nullish();
const schema = z.looseObject({
  peft_type: z.string(),
  base_model_name_or_path: z.string().nullish(),
  r: z.int().positive(),
  lora_alpha: z.number(),
  rank_pattern: pattern,
  alpha_pattern: pattern,
  use_rslora: z.boolean().nullish(),
  use_dora: z.boolean().nullish(),
  ensure_weight_tying: z.boolean().nullish(),
  init_lora_weights: z.union([z.boolean(), z.string()]).nullish(),
});
type Config = z.infer<typeof schema>;

/** Fields that make an adapter something else than updates of matrices; each with what it means. */
const REFUSED: Readonly<Record<string, string>> = {
  layer_replication: 'layers of the base are repeated: another network than the base',
  trainable_token_indices: 'single rows of the embedding are replaced',
  lora_bias: 'updates have biases',
  target_parameters: 'parameters that are no modules are updated',
  alora_invocation_tokens: 'it counts from certain tokens on only',
  use_qalora: 'inputs are pooled',
  use_bdlora: 'updates are block-diagonal',
  kasa_config: 'the base is changed before training',
  velora_config: 'activations are compressed',
  arrow_config: 'several adapters are mixed for each token',
};
/** Ways to begin that take the beginning out of the base, which the files of the adapter do not hold. */
const CHANGES_BASE = /^(pissa|olora|corda|loftq|lora_ga)/;

/**
 * @param folder of the adapter
 * @throws HarnessError 'missing-checkpoint' where it has none; 'bad-checkpoint' on a malformed file; 'not-supported' where it is no LoRA or a variant that is not merged
 */
export async function readAdapterConfig(folder: string): Promise<AdapterConfig> {
  const file = join(folder, ADAPTER_CONFIG);
  if (!(await isFile(file))) {
    const what = `${folder}: expected the folder of an adapter, found no ${ADAPTER_CONFIG} in it`;
    const hint = `an adapter is a folder as PEFT saves it: ${ADAPTER_CONFIG} and adapter_model.safetensors or .bin`;
    throw new HarnessError('missing-checkpoint', what, { hint });
  }
  const value = await readJsonFile(file);
  const config = parseBySchema(schema, value, file);
  requireExpressions(file, 'rank_pattern', config.rank_pattern);
  requireExpressions(file, 'alpha_pattern', config.alpha_pattern);
  if (config.peft_type !== 'LORA') throw refused(file, `peft_type is ${quoted(config.peft_type)}`);
  for (const [field, meaning] of Object.entries(REFUSED)) {
    if (isSet(config[field])) throw refused(file, `${field} is set (${meaning})`);
  }
  const init = config.init_lora_weights;
  if (typeof init === 'string' && CHANGES_BASE.test(init)) {
    throw refused(file, `init_lora_weights is ${quoted(init)} (the base is changed before training)`);
  }
  return {
    base: config.base_model_name_or_path || null,
    isWeightDecomposed: config.use_dora ?? false,
    keepsTie: config.ensure_weight_tying ?? false,
    rankOf: (name) => rankOf(config, name),
    scalingOf(name) {
      const rank = rankOf(config, name);
      const alpha = matching(config.alpha_pattern, name) ?? config.lora_alpha;
      return alpha / (config.use_rslora === true ? Math.sqrt(rank) : rank);
    },
  };
}

const isSet = (value: unknown): boolean =>
  value != null && value !== false && !(Array.isArray(value) && value.length === 0);

function refused(file: string, what: string): HarnessError {
  const hint = 'merge it in PEFT (merge_and_unload) and save the model';
  return notSupported(`${file}: ${what}; expected a LoRA adapter of plain low-rank updates`, hint);
}

const rankOf = ({ rank_pattern, r }: Config, name: string): number => matching(rank_pattern, name) ?? r;

/** A key matches a module whose name it is, or that ends in a dot and it; keys are regular expressions. */
function matching(patterns: Config['rank_pattern'], name: string): number | undefined {
  const key = Object.keys(patterns ?? {}).find((each) => moduleExpression(each).test(name));
  return key === undefined ? undefined : patterns?.[key];
}

const moduleExpression = (key: string): RegExp => new RegExp(`^(?:.*\\.)?(?:${key})$`);

/** Python and JavaScript spell some expressions differently; one that is not read here must not count as no match. */
function requireExpressions(file: string, field: string, patterns: Config['rank_pattern']): void {
  for (const key of Object.keys(patterns ?? {})) {
    try {
      moduleExpression(key);
    } catch (cause) {
      throw badCheckpoint(file, `${field}: expected regular expressions as keys, found ${quoted(key)}`, { cause });
    }
  }
}
