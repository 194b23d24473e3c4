/**
 * Reads a SentencePiece `tokenizer.model` (a protocol buffer).
 *
 * @source google/sentencepiece, `sentencepiece_model.proto`; only the fields that can change an encoding are listed
 */
import protobuf from 'protobufjs';
import { HarnessError } from '../core/errors.ts';

const SCHEMA = `
  syntax = "proto2";
  message SentencePiece {
    optional string piece = 1;
    optional float score = 2;
    optional int32 type = 3 [default = 1];
  }
  message TrainerSpec {
    optional int32 model_type = 3 [default = 1];
    optional bool treat_whitespace_as_suffix = 24 [default = false];
    optional bool byte_fallback = 35 [default = false];
    optional int32 unk_id = 40 [default = 0];
    optional int32 bos_id = 41 [default = 1];
    optional int32 eos_id = 42 [default = 2];
  }
  message NormalizerSpec {
    optional string name = 1;
    optional bytes precompiled_charsmap = 2;
    optional bool add_dummy_prefix = 3 [default = true];
    optional bool remove_extra_whitespaces = 4 [default = true];
  }
  message ModelProto {
    repeated SentencePiece pieces = 1;
    optional TrainerSpec trainer_spec = 2;
    optional NormalizerSpec normalizer_spec = 3;
  }
`;

const PIECE_KINDS = ['', 'normal', 'unknown', 'control', 'user-defined', 'unused', 'byte'] as const;
const MODEL_KINDS = ['', 'unigram', 'bpe', 'word', 'char'] as const;

export interface SentencePiece {
  readonly text: string;
  readonly score: number;
  readonly kind: (typeof PIECE_KINDS)[number];
}

export interface SentencePieceModel {
  readonly kind: (typeof MODEL_KINDS)[number];
  /** In order of id. */
  readonly pieces: readonly SentencePiece[];
  readonly byteFallback: boolean;
  readonly whitespaceAsSuffix: boolean;
  readonly unkId: number;
  readonly bosId: number;
  readonly eosId: number;
  readonly addDummyPrefix: boolean;
  readonly removeExtraWhitespaces: boolean;
  /** How the model rewrites characters (NFKC and the like) before it looks for pieces; null: it does not. */
  readonly characterMap: Uint8Array | null;
}

/** Members as the schema names them, in camel case. */
type Wire = Readonly<Record<'trainer' | 'normalizer', ReturnType<protobuf.Type['toObject']>>> & {
  readonly pieces: readonly { readonly piece: string; readonly score: number; readonly type: number }[];
};

/**
 * @param source the file that error messages name
 * @throws HarnessError 'bad-tokenizer' when the bytes are not a SentencePiece model
 */
export function readSentencePieceModel(bytes: Uint8Array, source: string): SentencePieceModel {
  const wire = decodeWire(bytes, source);
  if (wire.pieces.length === 0) {
    throw new HarnessError('bad-tokenizer', `${source}: expected a SentencePiece model, found one without pieces`);
  }
  const { trainer, normalizer } = wire;
  const { precompiledCharsmap: characterMap } = normalizer;
  return {
    kind: MODEL_KINDS[trainer.modelType] ?? '',
    pieces: wire.pieces.map(({ piece, score, type }) => ({ text: piece, score, kind: PIECE_KINDS[type] ?? '' })),
    byteFallback: trainer.byteFallback,
    whitespaceAsSuffix: trainer.treatWhitespaceAsSuffix,
    unkId: trainer.unkId,
    bosId: trainer.bosId,
    eosId: trainer.eosId,
    addDummyPrefix: normalizer.addDummyPrefix,
    removeExtraWhitespaces: normalizer.removeExtraWhitespaces,
    characterMap: characterMap.length > 0 ? characterMap : null,
  };
}

function decodeWire(bytes: Uint8Array, source: string): Wire {
  try {
    const { root } = protobuf.parse(SCHEMA);
    const type = root.lookupType('ModelProto');
    const message = type.decode(bytes);
    // Sub-messages that the file leaves out still have their defaults.
    const spec = (name: string, value: unknown) =>
      root.lookupType(name).toObject(root.lookupType(name).fromObject(value ?? {}), { defaults: true });
    const whole = type.toObject(message, { defaults: true, arrays: true });
    return {
      pieces: whole.pieces,
      trainer: spec('TrainerSpec', whole.trainerSpec),
      normalizer: spec('NormalizerSpec', whole.normalizerSpec),
    };
  } catch (cause) {
    throw new HarnessError('bad-tokenizer', `${source}: expected a SentencePiece model (protocol buffer)`, { cause });
  }
}
