/**
 * Attention that reaches back a window of tokens only (`sliding_window`). Texts no longer than the window are read as without
 * one, so that is as long as texts may be: longer ones are refused, never read otherwise than the published class does.
 *
 * @source huggingface/transformers v4.44.2: a query sees keys at most `sliding_window` − 1 tokens before it
 */
import { z } from 'zod';
import { count, unsupported } from './config-rules.ts';

export const windowShape = {
  sliding_window: count.nullish(),
  /** Where false, `sliding_window` means nothing. */
  use_sliding_window: z.boolean().default(false),
  /** First layer with a window; newer files name the kind of each layer. */
  max_window_layers: z.int().nonnegative().nullish(),
  layer_types: z.array(z.string()).nullish(),
};
const schema = z.object({ ...windowShape, num_hidden_layers: count, max_position_embeddings: count });

/**
 * Tokens up to which every layer sees the whole text.
 *
 * @throws HarnessError 'not-supported' on layers that attend in another way
 */
export function wholeContext(config: z.infer<typeof schema>, file: string): number {
  const { layer_types: types, sliding_window: window, num_hidden_layers: layers } = config;
  const other = types?.find((type) => type !== 'full_attention' && type !== 'sliding_attention');
  if (other !== undefined) {
    throw unsupported(
      file,
      `layer_types has ${JSON.stringify(other)}; expected "full_attention" or "sliding_attention"`,
    );
  }
  const isWindowed = types?.includes('sliding_attention') ?? (config.max_window_layers ?? 0) < layers;
  if (!config.use_sliding_window || window == null || !isWindowed) return config.max_position_embeddings;
  return Math.min(window, config.max_position_embeddings);
}
