/**
 * BERT's published layout (`vocab.txt`, one token a line), which some GPT-2 models have, rebuilt as the `tokenizer.json` that
 * Hugging Face's converter makes of it.
 *
 * @source huggingface/transformers, `convert_slow_tokenizer.py` (`BertConverter`)
 */
import { parseTokenizerJson, type TokenizerConfig, type TokenizerDefinition } from './definition.ts';

const NAMES = { unk_token: '[UNK]', sep_token: '[SEP]', pad_token: '[PAD]', cls_token: '[CLS]', mask_token: '[MASK]' };

/** @throws HarnessError 'bad-tokenizer' when the unknown token is not in the vocabulary */
export function bertDefinition(vocabulary: string, given: TokenizerConfig, source: string): TokenizerDefinition {
  const config = { ...NAMES, ...given };
  const tokens = vocabulary.replace(/\r?\n$/, '').split(/\r?\n/);
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const value = {
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars ?? true,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case ?? true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'BertProcessing',
      cls: [config.cls_token, vocab[config.cls_token ?? ''] ?? 0],
      sep: [config.sep_token, vocab[config.sep_token ?? ''] ?? 0],
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      vocab,
      unk_token: config.unk_token,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
    },
  };
  return { source, json: parseTokenizerJson(value, source), config };
}
