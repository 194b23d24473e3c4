import type { Gpt2Configuration, LlamaConfiguration } from './config.ts';

/** Of a configuration, or of an architecture. */
type Sizes<Of> = Omit<Of, 'tieWordEmbeddings'>;

/** Name of the token embedding in each net. */
export const EMBEDDING_NAMES = { gpt2: 'wte.weight', llama: 'embed_tokens.weight' } as const;
/** Name of the output matrix where a net has one of its own. */
export const HEAD_NAME = 'lm_head.weight';

/**
 * Every weight of a net with its stored shape, embedding first, in the order of the computation.
 * GPT-2 linears are [in, out], LLaMA's [out, in].
 *
 * @param ownHead whether the output matrix is a weight of its own
 */
export function weightShapes(
  configuration: Sizes<Gpt2Configuration> | Sizes<LlamaConfiguration>,
  vocabularyRows: number,
  ownHead: boolean,
): ReadonlyMap<string, readonly number[]> {
  const table = [vocabularyRows, configuration.width];
  const body = configuration.kind === 'gpt2' ? gpt2Body(configuration) : llamaBody(configuration);
  const head: [string, number[]][] = ownHead ? [[HEAD_NAME, table]] : [];
  return new Map([[EMBEDDING_NAMES[configuration.kind], table], ...body, ...head]);
}

function gpt2Body({ layers, width, innerWidth, contextLength }: Sizes<Gpt2Configuration>): [string, number[]][] {
  const linear = (name: string, from: number, to: number): [string, number[]][] => [
    [`${name}.weight`, [from, to]],
    [`${name}.bias`, [to]],
  ];
  const norm = (name: string): [string, number[]][] => [
    [`${name}.weight`, [width]],
    [`${name}.bias`, [width]],
  ];
  const layer = (i: number) => [
    ...norm(`h.${i}.ln_1`),
    ...linear(`h.${i}.attn.c_attn`, width, 3 * width),
    ...linear(`h.${i}.attn.c_proj`, width, width),
    ...norm(`h.${i}.ln_2`),
    ...linear(`h.${i}.mlp.c_fc`, width, innerWidth),
    ...linear(`h.${i}.mlp.c_proj`, innerWidth, width),
  ];
  return [
    ['wpe.weight', [contextLength, width]],
    ...Array.from({ length: layers }, (_, i) => layer(i)).flat(),
    ...norm('ln_f'),
  ];
}

function llamaBody(configuration: Sizes<LlamaConfiguration>): [string, number[]][] {
  const { layers, width, heads, keyValueHeads, headWidth, innerWidth } = configuration;
  const layer = (i: number): [string, number[]][] => [
    [`layers.${i}.input_layernorm.weight`, [width]],
    [`layers.${i}.self_attn.q_proj.weight`, [heads * headWidth, width]],
    [`layers.${i}.self_attn.k_proj.weight`, [keyValueHeads * headWidth, width]],
    [`layers.${i}.self_attn.v_proj.weight`, [keyValueHeads * headWidth, width]],
    [`layers.${i}.self_attn.o_proj.weight`, [width, heads * headWidth]],
    [`layers.${i}.post_attention_layernorm.weight`, [width]],
    [`layers.${i}.mlp.gate_proj.weight`, [innerWidth, width]],
    [`layers.${i}.mlp.up_proj.weight`, [innerWidth, width]],
    [`layers.${i}.mlp.down_proj.weight`, [width, innerWidth]],
  ];
  return [...Array.from({ length: layers }, (_, i) => layer(i)).flat(), ['norm.weight', [width]]];
}
