/**
 * Published tensor names and the nets' own names. Two layouts exist: `plain`, as the causal classes save themselves
 * (with or without their prefix in front), and `wrapper`, as the diffusion wrapper of arXiv 2410.17891 does
 * (`embed_tokens.weight`, `denoise_model.…`, `lm_head.weight`).
 *
 * @source HKUNLP/DiffuLLaMA at c17e897, LLaMA-Factory/src/llamafactory/train/ddm/model.py and model/loader.py
 */
import type { TensorNames } from '../architectures/architecture.ts';

export type Layout = 'plain' | 'wrapper';

const WRAPPED = 'denoise_model.';
/** The embedding in the wrapper; it stands before the network and outside it. */
export const WRAPPED_EMBEDDING = 'embed_tokens.weight';

/** Which layout a set of published names is in. */
export function layoutOf(names: Iterable<string>): Layout {
  for (const name of names) if (name.startsWith(WRAPPED)) return 'wrapper';
  return 'plain';
}

/**
 * The net's name of a published tensor; null where the tensor is to be ignored: a buffer, or a `model.…` duplicate that
 * older wrapper checkpoints carry beside `denoise_model.…`. A name of neither layout comes back as it is, for the caller
 * to find that the net has no such weight.
 */
export function netName(published: string, { prefix, embedding, buffer }: TensorNames, layout: Layout): string | null {
  if (layout === 'wrapper' && published.startsWith('model.')) return null;
  if (layout === 'wrapper' && published === WRAPPED_EMBEDDING) return embedding;
  const front = layout === 'wrapper' ? WRAPPED : prefix;
  const name = published.startsWith(front) ? published.slice(front.length) : published;
  return buffer.test(name) ? null : name;
}

/** The name under which a layout publishes a net's weight: the inverse of `netName`. */
export function publishedName(name: string, { prefix, embedding, head }: TensorNames, layout: Layout): string {
  if (name === head) return name;
  if (layout === 'plain') return `${prefix}${name}`;
  return name === embedding ? WRAPPED_EMBEDDING : `${WRAPPED}${name}`;
}
