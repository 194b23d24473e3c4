/** The architectures that GGUF files are read of. */
import { DECODER_GGUF, DECODER_GGUF_BIASES, DECODER_GGUF_HEAD_NORMS, decoderGgufConfig } from './decoder-form.ts';
import type { GgufForm } from './gguf-form.ts';
import { gpt2Form } from './gpt2-form.ts';
import { lladaForm } from './llada-form.ts';

/** @param modelType as `config.json` calls it */
const ofDecoder = (
  architecture: string,
  further: GgufForm['tensors'],
  orders: GgufForm['orders'] = {},
  modelType = architecture,
): GgufForm => ({
  architecture,
  tensors: { ...DECODER_GGUF, ...further },
  orders,
  config: (facts) => ({ model_type: modelType, ...decoderGgufConfig(facts) }),
});

/** Heads whose rows lie in pairs. */
const PAIRED = {
  'blk.{}.attn_q.weight': 'pairs-of-query-heads',
  'blk.{}.attn_k.weight': 'pairs-of-key-heads',
} as const;

const FORMS: readonly GgufForm[] = [
  ofDecoder('llama', {}, PAIRED),
  ofDecoder('qwen2', DECODER_GGUF_BIASES),
  ofDecoder('qwen3', DECODER_GGUF_HEAD_NORMS),
  ofDecoder('dream', DECODER_GGUF_BIASES, {}, 'Dream'),
  lladaForm,
  gpt2Form,
];

/** @param architecture `general.architecture` of a file; null where no network of it is read */
export const ggufForm = (architecture: string): GgufForm | null =>
  FORMS.find((form) => form.architecture === architecture) ?? null;

export const ggufArchitectures = (): readonly string[] => FORMS.map(({ architecture }) => architecture);
