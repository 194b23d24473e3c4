/** Puts the model of a definition together, with its vocabulary. */
import { HarnessError, notSupported } from '../../core/errors.ts';
import type { TokenizerDefinition, TokenizerJson } from '../definition.ts';
import { bpeModel } from './bpe.ts';
import { createMergeTable } from './merge-table.ts';
import type { WordModel } from './tokens.ts';
import { unigramModel } from './unigram.ts';
import { wordLevelModel, wordPieceModel } from './word-piece.ts';

type ModelJson = TokenizerJson['model'];

export interface Model {
  readonly tokensOf: WordModel;
  /** Without added tokens. */
  readonly idOf: ReadonlyMap<string, number>;
}

/**
 * @throws HarnessError 'bad-tokenizer' for a model that contradicts itself; 'not-supported' for one that draws at random
 */
export function createModel({ json: { model }, source }: TokenizerDefinition): Model {
  const { vocab, dropout } = model;
  if (typeof dropout === 'number' && dropout > 0) {
    const hint = 'an encoding that is drawn at random is of use in training only: set `dropout` to null';
    throw notSupported(`${source}: expected a model without dropout, found \`dropout\` ${dropout}`, hint);
  }
  const idOf = new Map(
    Array.isArray(vocab) ? vocab.map(([token], id): [string, number] => [token, id]) : Object.entries(vocab),
  );
  return { tokensOf: wordModel(model, idOf, source), idOf };
}

function wordModel(model: ModelJson, idOf: ReadonlyMap<string, number>, source: string): WordModel {
  const { vocab } = model;
  if (model.type === 'Unigram') return unigram(model, source);
  if (Array.isArray(vocab)) throw contradiction(source, `a ${model.type} model with \`vocab\` as token to id`);
  if (model.type === 'BPE') return bpe(model, idOf, source);
  const unknownId = idOf.get(model.unk_token ?? '');
  if (model.type === 'WordLevel') return wordLevelModel(idOf, unknownId ?? null);
  if (unknownId === undefined) throw contradiction(source, 'a WordPiece model whose `unk_token` is in the vocabulary');
  return wordPieceModel({
    idOf,
    unknownId,
    prefix: model.continuing_subword_prefix ?? '##',
    longestWord: model.max_input_chars_per_word ?? 100,
  });
}

function bpe(model: ModelJson, idOf: ReadonlyMap<string, number>, source: string): WordModel {
  if (model.merges === undefined) throw contradiction(source, 'a BPE model with `vocab` (token to id) and `merges`');
  const prefix = model.continuing_subword_prefix ?? '';
  return bpeModel({
    idOf,
    merges: createMergeTable(model.merges, idOf, prefix, (rank, absent) => refuseMerge(rank, absent, source)),
    prefix,
    suffix: model.end_of_word_suffix ?? '',
    unknownId: idOf.get(model.unk_token ?? '') ?? null,
    fusesUnknown: model.fuse_unk === true,
    fallsBackToBytes: model.byte_fallback === true,
    ignoresMerges: model.ignore_merges === true,
  });
}

function unigram({ vocab, unk_id: unknownId, byte_fallback: fallsBack }: ModelJson, source: string): WordModel {
  if (!Array.isArray(vocab)) throw contradiction(source, 'a Unigram model with `vocab` as a list of tokens and scores');
  if (unknownId != null && unknownId >= vocab.length) throw contradiction(source, '`unk_id` inside the vocabulary');
  return unigramModel({ vocabulary: vocab, unknownId: unknownId ?? null, fallsBackToBytes: fallsBack === true });
}

const contradiction = (source: string, expected: string): HarnessError =>
  new HarnessError('bad-tokenizer', `${source}: expected ${expected}`);

function refuseMerge(rank: number, absent: string, source: string): never {
  const message = `${source}: merge ${rank + 1} needs ${JSON.stringify(absent)}, which the vocabulary lacks`;
  const hint = 'the vocabulary and the merges may come from two different tokenizers';
  throw new HarnessError('bad-tokenizer', message, { hint });
}
