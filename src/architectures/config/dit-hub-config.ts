/** The configs of MDLM and BD3-LM on the hub: the fields that give the sizes of a DiT. Each class adds its own. */
import { count, layerCount } from './config-rules.ts';

export const ditHubShape = {
  hidden_dim: count,
  cond_dim: count,
  model_length: count,
  n_blocks: layerCount,
  n_heads: count,
};

type DitHubConfig = { readonly [Field in keyof typeof ditHubShape]: number };

export const ditHubSizes = (config: DitHubConfig) => ({
  layers: config.n_blocks,
  width: config.hidden_dim,
  heads: config.n_heads,
  conditionWidth: config.cond_dim,
  contextLength: config.model_length,
});

/** The fields of `ditHubShape`, and the vocabulary, as published loaders read them. */
export const ditHubJson = (
  net: ReturnType<typeof ditHubSizes> & { readonly vocabularyRows: number },
): Readonly<Record<string, unknown>> => ({
  cond_dim: net.conditionWidth,
  hidden_dim: net.width,
  model_length: net.contextLength,
  n_blocks: net.layers,
  n_heads: net.heads,
  vocab_size: net.vocabularyRows,
});
