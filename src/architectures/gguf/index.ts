/** The architectures that GGUF files are read of. */
import { DECODER_GGUF, DECODER_GGUF_BIASES, DECODER_GGUF_HEAD_NORMS, decoderGgufConfig } from './decoder-form.ts';
import type { GgufForm } from './gguf-form.ts';
import { gpt2Form } from './gpt2-form.ts';
import { lladaForm } from './llada-form.ts';

const FORMS: readonly GgufForm[] = [
  {
    architecture: 'llama',
    tensors: DECODER_GGUF,
    orders: { 'blk.{}.attn_q.weight': 'pairs-of-query-heads', 'blk.{}.attn_k.weight': 'pairs-of-key-heads' },
    config: (facts) => ({ model_type: 'llama', ...decoderGgufConfig(facts) }),
  },
  {
    architecture: 'qwen2',
    tensors: { ...DECODER_GGUF, ...DECODER_GGUF_BIASES },
    orders: {},
    config: (facts) => ({ model_type: 'qwen2', ...decoderGgufConfig(facts) }),
  },
  {
    architecture: 'qwen3',
    tensors: { ...DECODER_GGUF, ...DECODER_GGUF_HEAD_NORMS },
    orders: {},
    config: (facts) => ({ model_type: 'qwen3', ...decoderGgufConfig(facts) }),
  },
  {
    architecture: 'dream',
    tensors: { ...DECODER_GGUF, ...DECODER_GGUF_BIASES },
    orders: {},
    config: (facts) => ({ model_type: 'Dream', ...decoderGgufConfig(facts) }),
  },
  lladaForm,
  gpt2Form,
];

/** @param architecture `general.architecture` of a file; null where no network of it is read */
export const ggufForm = (architecture: string): GgufForm | null =>
  FORMS.find((form) => form.architecture === architecture) ?? null;

export const ggufArchitectures = (): readonly string[] => FORMS.map(({ architecture }) => architecture);
