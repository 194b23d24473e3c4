/**
 * A SentencePiece unigram model as T5 has it (`spiece.model`), rebuilt as the `tokenizer.json` that Hugging Face's converter makes of
 * it: the character map becomes a normalizer, blanks are marked, sentinels (`<extra_id_0>`) stand behind the vocabulary.
 *
 * @source huggingface/transformers, `convert_slow_tokenizer.py` (`SpmConverter`, `T5Converter`)
 */
import { notSupported } from '../core/errors.ts';
import { parseTokenizerJson, type TokenizerConfig, type TokenizerDefinition } from './definition.ts';
import { addedPieces, BLANK_MARK } from './sentencepiece-definition.ts';
import type { SentencePieceModel } from './sentencepiece-model.ts';

const NAMES = { eos_token: '</s>', unk_token: '<unk>', pad_token: '<pad>' };
const SENTINELS = 100;

/** @throws HarnessError 'not-supported' for a model that is not unigram, or whose class is known to read it otherwise */
export function t5Definition(model: SentencePieceModel, given: TokenizerConfig, source: string): TokenizerDefinition {
  requireT5(model, given, source);
  const config = { ...NAMES, ...given };
  const count = config.extra_ids ?? SENTINELS;
  const sentinels = Array.from({ length: count }, (_, at) => `<extra_id_${count - 1 - at}>`);
  const metaspace = { type: 'Metaspace', replacement: BLANK_MARK, prepend_scheme: prependScheme(config), split: true };
  const eos = config.eos_token ?? '';
  const eosId = model.pieces.findIndex(({ text }) => text === eos);
  const value = {
    added_tokens: [
      ...addedPieces(model),
      ...sentinels.map((content, at) => ({ id: model.pieces.length + at, content, special: true, normalized: false })),
    ],
    normalizer: { type: 'Sequence', normalizers: normalizers(model) },
    pre_tokenizer: metaspace,
    post_processor: eosId < 0 ? null : eosTemplate(eos, eosId),
    decoder: metaspace,
    model: {
      type: 'Unigram',
      vocab: [...model.pieces.map(({ text, score }) => [text, score]), ...sentinels.map((content) => [content, 0])],
      unk_id: model.unkId,
      byte_fallback: model.byteFallback,
    },
  };
  return { source, json: parseTokenizerJson(value, source), config };
}

function normalizers({ characterMap }: SentencePieceModel): readonly object[] {
  const map = characterMap === null ? null : Buffer.from(characterMap).toString('base64');
  return [
    ...(map === null ? [] : [{ type: 'Precompiled', precompiled_charsmap: map }]),
    { type: 'Strip', strip_left: false, strip_right: true },
    { type: 'Replace', pattern: { Regex: ' {2,}' }, content: BLANK_MARK },
  ];
}

function prependScheme({ legacy, add_prefix_space: adds }: TokenizerConfig): string {
  if (adds === false) return 'never';
  return legacy === false ? 'first' : 'always';
}

function eosTemplate(eos: string, id: number): object {
  const sequence = { Sequence: { id: 'A', type_id: 0 } };
  const end = { SpecialToken: { id: eos, type_id: 0 } };
  return {
    type: 'TemplateProcessing',
    single: [sequence, end],
    special_tokens: { [eos]: { id: eos, ids: [id], tokens: [eos] } },
  };
}

function requireT5({ kind }: SentencePieceModel, { tokenizer_class: name }: TokenizerConfig, source: string): void {
  const obstacle =
    kind !== 'unigram'
      ? `is a ${kind || 'nameless'} model`
      : name != null && !/^M?T5/.test(name)
        ? `belongs to a ${name}`
        : null;
  if (obstacle === null) return;
  const hint = 'convert it to a tokenizer.json with the library that made it, and put that file into the folder';
  throw notSupported(`${source}: expected a unigram model as T5 has it, but this one ${obstacle}`, hint);
}
