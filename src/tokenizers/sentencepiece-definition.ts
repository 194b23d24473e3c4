/**
 * A SentencePiece BPE model with byte fallback (LLaMA) rebuilt as the `tokenizer.json` that Hugging Face's converter
 * makes of it: scores become a list of merges, the dummy prefix becomes a normalizer (`legacy`, the default) or a stage in
 * front of the first word only.
 *
 * @source huggingface/transformers, `convert_slow_tokenizer.py` (`LlamaConverter`)
 */
import { notSupported } from '../core/errors.ts';
import { parseTokenizerConfig, parseTokenizerJson, type TokenizerConfig, type TokenizerJson } from './definition.ts';
import type { SentencePieceModel } from './sentencepiece-model.ts';

/** How SentencePiece writes a blank. */
export const BLANK_MARK = '▁';

/**
 * @param config its `legacy` and `add_prefix_space` count
 * @throws HarnessError 'not-supported' for a model that is not BPE or that rewrites characters
 */
export function sentencePieceDefinition(
  model: SentencePieceModel,
  source: string,
  { legacy, add_prefix_space: adds }: Pick<TokenizerConfig, 'legacy' | 'add_prefix_space'> = {},
): TokenizerJson {
  requireLlamaLike(model, source);
  const prefixes = adds ?? model.addDummyPrefix;
  const toMark = { type: 'Replace', pattern: { String: ' ' }, content: BLANK_MARK };
  const prefix = { type: 'Prepend', prepend: BLANK_MARK };
  const strip = { type: 'Strip', content: ' ', start: 1, stop: 0 };
  const decoders = [
    { ...toMark, pattern: { String: BLANK_MARK }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
  ];
  const bos = model.pieces[model.bosId]?.text;
  const value = {
    added_tokens: addedPieces(model),
    normalizer: legacy === false ? null : { type: 'Sequence', normalizers: prefixes ? [prefix, toMark] : [toMark] },
    pre_tokenizer: legacy === false ? firstWordMarked(prefixes) : null,
    post_processor: bos === undefined ? null : bosTemplate(bos, model.bosId),
    decoder: { type: 'Sequence', decoders: prefixes ? [...decoders, strip] : decoders },
    model: {
      type: 'BPE',
      unk_token: model.pieces[model.unkId]?.text ?? null,
      fuse_unk: true,
      byte_fallback: model.byteFallback,
      vocab: Object.fromEntries(model.pieces.map((piece, id) => [piece.text, id])),
      merges: mergesFromScores(model),
    },
  };
  return parseTokenizerJson(value, source);
}

const firstWordMarked = (prefixes: boolean) => ({
  ...{ type: 'Metaspace', replacement: BLANK_MARK, split: false },
  prepend_scheme: prefixes ? 'first' : 'never',
});

/** Pieces that are looked for before a text is cut: control tokens are special, those of the user are not. */
export function addedPieces({ pieces }: SentencePieceModel): readonly object[] {
  return pieces.flatMap(({ text, kind }, id) => {
    const special = kind === 'control' || kind === 'unknown';
    return special || kind === 'user-defined' ? [{ id, content: text, special, normalized: false }] : [];
  });
}

/** The `tokenizer_config.json` that goes with it: LLaMA prepends BOS and appends nothing. */
export function sentencePieceConfig(model: SentencePieceModel, source: string): TokenizerConfig {
  const name = (id: number) => model.pieces[id]?.text ?? null;
  const value = {
    tokenizer_class: 'LlamaTokenizer',
    bos_token: name(model.bosId),
    eos_token: name(model.eosId),
    unk_token: name(model.unkId),
    add_bos_token: model.bosId >= 0,
    add_eos_token: false,
    clean_up_tokenization_spaces: false,
    legacy: true,
  };
  return parseTokenizerConfig(value, source);
}

/**
 * Every way of cutting a piece into two pieces is a merge; merges are ordered by the score of the piece that they make
 * (the best first), those of one piece by the ids of their halves.
 */
function mergesFromScores(model: SentencePieceModel): [string, string][] {
  const ids = new Map<string, number>();
  for (const [id, piece] of model.pieces.entries()) {
    if (piece.kind === 'normal' || piece.kind === 'user-defined') ids.set(piece.text, id);
  }
  const merges: { left: number; right: number; score: number }[] = [];
  for (const text of ids.keys()) {
    const score = model.pieces[ids.get(text) ?? 0]?.score ?? 0;
    const own: { left: number; right: number; score: number }[] = [];
    const characters = [...text];
    for (let cut = 1; cut < characters.length; cut++) {
      const left = ids.get(characters.slice(0, cut).join(''));
      const right = ids.get(characters.slice(cut).join(''));
      if (left !== undefined && right !== undefined) own.push({ left, right, score });
    }
    merges.push(...own.sort((a, b) => a.left - b.left || a.right - b.right));
  }
  // Array sorting is stable, so the order inside one piece survives.
  merges.sort((a, b) => b.score - a.score);
  const text = (id: number) => model.pieces[id]?.text ?? '';
  return merges.map(({ left, right }) => [text(left), text(right)]);
}

function bosTemplate(bos: string, id: number): object {
  const first = { SpecialToken: { id: bos, type_id: 0 } };
  const sequence = { Sequence: { id: 'A', type_id: 0 } };
  return {
    type: 'TemplateProcessing',
    single: [first, sequence],
    pair: [first, sequence, first, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: { [bos]: { id: bos, ids: [id], tokens: [bos] } },
  };
}

function requireLlamaLike(model: SentencePieceModel, source: string): void {
  const obstacle =
    model.kind !== 'bpe'
      ? `is a ${model.kind || 'nameless'} model`
      : model.characterMap !== null
        ? 'rewrites characters before it encodes'
        : model.removeExtraWhitespaces
          ? 'removes extra blanks'
          : model.whitespaceAsSuffix
            ? 'puts blanks behind words'
            : null;
  if (obstacle === null) return;
  const hint = 'convert it to a tokenizer.json with the library that made it, and put that file into the folder';
  throw notSupported(`${source}: expected a BPE model as LLaMA has it, but this one ${obstacle}`, hint);
}
