/** The metadata of a GGUF file in the words of the rest: sizes, special tokens, and what it says of diffusion. */
import type { GgufFacts } from '../../../architectures/gguf/gguf-form.ts';
import { badCheckpoint, notSupported } from '../../../core/errors.ts';
import type { Saying } from '../format.ts';

export type GgufMetadata = Readonly<Record<string, unknown>>;

export function factsOf(
  file: string,
  architecture: string,
  metadata: GgufMetadata,
  ropeFactors: readonly number[] | null,
): GgufFacts {
  const value = (key: string): unknown => metadata[`${architecture}.${key}`];
  const optional = (key: string): number | null => {
    const found = value(key);
    if (found === undefined) return null;
    if (typeof found === 'number' || typeof found === 'bigint') return shortest(Number(found));
    throw badCheckpoint(file, `key ${architecture}.${key}: expected a number, found ${typeof found}`);
  };
  return {
    optional,
    number(key) {
      const found = optional(key);
      if (found === null) throw badCheckpoint(file, `key ${architecture}.${key} is missing`);
      return found;
    },
    text(key) {
      const found = value(key);
      return typeof found === 'string' ? found : null;
    },
    ropeFactors,
    refuse: (what) => notSupported(`${file}: ${what}`),
  };
}

/** The decimal that a float32 was written from: 1e-5, not 9.999999747378752e-6. */
function shortest(value: number): number {
  if (Number.isInteger(value)) return value;
  for (let digits = 1; digits < 9; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === value) return decimal;
  }
  return value;
}

const TOKENS = { bos_token_id: 'bos_token_id', eos_token_id: 'eos_token_id' } as const;

/** As `config.json` names special tokens. */
export function hubTokens(metadata: GgufMetadata): Readonly<Record<string, number>> {
  const found = Object.entries(TOKENS).map(([hub, own]) => [hub, metadata[`tokenizer.ggml.${own}`]] as const);
  return Object.fromEntries(found.flatMap(([key, id]) => (id === undefined ? [] : [[key, Number(id)]])));
}

/**
 * What the file says of diffusion. Files of adapted models that were converted as the causal ones they began as say nothing.
 *
 * @source ggml-org/llama.cpp, tools of diffusion: `diffusion.shift_logits` is true where it is absent, unless there is a canvas
 */
export function sayingOf(architecture: string, metadata: GgufMetadata): Saying {
  const mask = metadata['tokenizer.ggml.mask_token_id'];
  const shift = metadata['diffusion.shift_logits'];
  const isDiffusion = shift !== undefined || metadata[`${architecture}.attention.causal`] === false;
  if (!isDiffusion) return {};
  return {
    family: 'diffusion',
    shift: shift === undefined ? metadata['diffusion.canvas_length'] === undefined : shift === true,
    ...(mask === undefined ? {} : { maskId: Number(mask) }),
  };
}
