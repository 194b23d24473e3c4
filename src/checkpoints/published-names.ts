/**
 * What published files call the weights of a net.
 *
 * Two layouts of names exist: `plain`, as the causal classes save themselves (with or without their prefix in front), and
 * `wrapper`, as the diffusion wrapper of arXiv 2410.17891 does (`embed_tokens.weight`, `denoise_model.…`, `lm_head.weight`).
 *
 * @source HKUNLP/DiffuLLaMA at c17e897, LLaMA-Factory/src/llamafactory/train/ddm/model.py and model/loader.py
 */
import type { TensorNames } from '../architectures/architecture.ts';
import type { Layout } from './checkpoint.ts';

const WRAPPED = 'denoise_model.';
/** The embedding in the wrapper; it stands before the network and outside it. */
export const WRAPPED_EMBEDDING = 'embed_tokens.weight';

/** What `torch.compile` and data parallelism put in front of every name, in any order. */
const WRAPPERS = /^(?:(?:_orig_mod|module)\.)+/;
export const bare = (published: string): string => published.replace(WRAPPERS, '');

/** Buffers of any network, wherever they stand: tables that are computed anew, and are no weights. */
const BUFFER = /(^|\.)(inv_freq|original_inv_freq|position_ids|(cos|sin)_cached)$/;
/** Heads that training with rewards leaves beside a language model, and that no probability depends on. */
export const OTHER_HEAD = /^(v_head|value_head|reward_head)\./;
/** Which layout a set of published names is in. */
export function layoutOf(names: Iterable<string>): Layout {
  for (const name of names) if (bare(name).startsWith(WRAPPED)) return 'wrapper';
  return 'plain';
}

/**
 * The net's name of a published tensor; null where the tensor is to be ignored: a buffer, a head of other use, or a `model.…`
 * duplicate that older wrapper checkpoints carry beside `denoise_model.…`. A name of neither layout comes back as it is, for the caller
 * to find that the net has no such weight.
 */
export function netName(asFiled: string, { prefix, embedding, buffer }: TensorNames, layout: Layout): string | null {
  const published = bare(asFiled);
  if (BUFFER.test(published) || OTHER_HEAD.test(published)) return null;
  if (layout === 'wrapper' && published.startsWith('model.')) return null;
  if (layout === 'wrapper' && published === WRAPPED_EMBEDDING) return embedding;
  const front = layout === 'wrapper' ? WRAPPED : prefix;
  const name = published.startsWith(front) ? published.slice(front.length) : published;
  return buffer.test(name) ? null : name;
}

/** The name under which a layout publishes a net's weight: the inverse of `netName`. */
export function publishedName(
  name: string,
  { prefix, prefixedHead, embedding, head }: TensorNames,
  layout: Layout,
): string {
  if (name === head && prefixedHead !== true) return name;
  if (layout === 'plain') return `${prefix}${name}`;
  return name === embedding ? WRAPPED_EMBEDDING : `${WRAPPED}${name}`;
}
