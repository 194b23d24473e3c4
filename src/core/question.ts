/**
 * What a task asks, in text. A question knows nothing of tokens or engines; `src/lm/lowering/lower.ts` turns it into what a model
 * family can answer.
 */
import type { Family } from './names.ts';
import type { ProgramFrame } from './program.ts';

export type { Family } from './names.ts';

/** A stretch of text that a model reads. */
export interface Piece {
  readonly text: string;
  /** Its tokens are the answer: their log-probability counts (AR), they may be masked (diffusion). */
  readonly scored: boolean;
  /**
   * Encode with the tokenizer's defaults (`enc+` of protocol.md: LLaMA prepends BOS, even in mid-sequence, and that BOS
   * is scored when the piece is). Under joint tokenisation it stands before the piece's first token.
   */
  readonly specialTokens: boolean;
  /** UTF-16 units at its beginning that the request, as it is written down, has at the end of its context: blanks. Absent: none. */
  readonly fromContext?: number;
}

/** One way of putting a question to a model. */
export interface View {
  /** `default`, or a name that metrics carry as a suffix, such as `option-only`. */
  readonly name: string;
  /**
   * `joint`: encode the whole text once and give the token that crosses a border to the scored side.
   * `separate`: encode each piece alone and glue the ids (what the published scripts do).
   * `in-place`: encode each piece alone, but as text that goes on: no token crosses a border, and no tokenizer puts a blank
   * in front. What a model is given to fill a hole when the text in it is not known.
   */
  readonly tokenization: 'joint' | 'separate' | 'in-place';
  /** `once`: one BOS in front where the model family was trained with it. `as-pieces`: only where a piece asks. */
  readonly bos: 'once' | 'as-pieces';
  /** The pieces of each alternative, in the order of `Question.answers`. */
  readonly alternatives: readonly (readonly Piece[])[];
  /** The rows that a model was fine-tuned on, instead of plain text; of written questions only. Default: plain text. */
  readonly layout?: SftLayout;
  /** Left-to-right models: how the texts around the hole are put. Absent: as they stand, so what follows it is not read. */
  readonly asks?: HoleWording;
  /** `write`: right answers of which the one with the most tokens takes the reference's place and gives the length. Absent: the reference does. */
  readonly longestOf?: readonly string[];
  /** `write`: how this view differs from `WriteQuestion.writing`. */
  readonly writing?: Partial<Writing>;
}

/**
 * `[BOS] source [SEP] target EOS PAD*` in a row of fixed length: the visible piece is the source, the scored one the target,
 * each encoded alone. Everything after the separator, to the end of the row, is the answer's place.
 */
export interface SftLayout {
  /** Tokens of a row. */
  readonly canvas: number;
  /** A row that is too long: the source loses its beginning, as when it was fine-tuned, or the question stays unanswered. */
  readonly tooLong: 'cut-source' | 'unanswered';
}

/**
 * `instruction`: quoted in a sentence; `instruction-text`: likewise, of prose instead of code. `fim-psm`: with the vocabulary's fill-in-the-middle tokens: prefix, suffix, then the
 * middle is written; `fim-spm`: suffix first, so that the middle follows the prefix. A model without such tokens leaves out
 * the views that need them.
 */
export type HoleWording = 'instruction' | 'instruction-text' | 'fim-psm' | 'fim-spm';

/**
 * `choose`: which alternative is the most likely; `gold` is its index.
 * `fill`: how likely is the one right answer, and would the model write it; one alternative, `gold` = 0.
 */
export interface LikelihoodQuestion {
  readonly kind: 'choose' | 'fill';
  /** The answers as a reader sees them; per-byte and per-character normalisation divide by their length. */
  readonly answers: readonly string[];
  readonly gold: number;
  /** The first view of a family gives the headline metrics. */
  readonly views: Readonly<Record<Family, readonly View[]>>;
}

/** `write`: what does the model write in the place of the scored piece of each view? One alternative, `gold` = 0. */
export interface WriteQuestion extends Omit<LikelihoodQuestion, 'kind'> {
  readonly kind: 'write';
  readonly writing: Writing;
  /** Where the text is a part of a program: the rest of it, and its tests. */
  readonly program?: ProgramFrame;
}

/** How text is written. */
export interface Writing {
  /**
   * Tokens to write: as many as the reference has (an oracle; reports say so), so many more, at most as many as it has characters
   * (published for left-to-right models; an oracle too), what the view's layout leaves room for, or a fixed number.
   */
  readonly length: 'gold' | `gold+${number}` | 'gold-characters' | 'canvas' | number;
  /** Denoising steps: those of the run, or one a token whatever the run says. */
  readonly steps: 'as-set' | 'one-a-token';
  /** Form of the sampler of diffusion models. */
  readonly form: 'canonical' | 'paper';
  /**
   * What diffusion models put: their most likely token, or one drawn at a temperature; `published`: the one of the model's
   * architecture. AR models are greedy.
   */
  readonly temperature: 'argmax' | 'published' | number;
  /** Divides the logits by whose probabilities argmax tokens are ranked; `published`: as above. Default: 1. */
  readonly confidenceTemperature?: 'published' | number;
  /** Text ends before the first of these. */
  readonly stops: readonly string[];
  /** Text ends before the first EOS. Absent: EOS is a token like others. */
  readonly endsAtEos?: boolean;
  /** Longer questions, reference included, are not answered (the published script skips them). Absent: as the model allows. */
  readonly mostTokens?: number;
  /** Remove blanks as older transformers do when they decode GPT-2's tokens. Absent: never. */
  readonly cleansUp?: boolean;
}

/** Tokens to write where the reference's number of tokens says it; null where it does not. */
export function lengthOfGold(length: Writing['length'], reference: number): number | null {
  const [, further] = /^gold(?:\+(\d+))?$/.exec(String(length)) ?? [];
  if (length === 'gold') return reference;
  return further === undefined ? null : reference + Number(further);
}

/** How the text of a view is written. */
export const writingOf = ({ writing }: WriteQuestion, view: View): Writing => ({ ...writing, ...view.writing });

export type Question = LikelihoodQuestion | WriteQuestion;

/** One item of a task, as asked. `id` is stable: it names the item in records and random streams. */
export interface Example {
  readonly id: string;
  /** Position in the data set, from 0. */
  readonly index: number;
  readonly question: Question;
  /** What it belongs to (`clusterName`); absent where the task names no clusters. */
  readonly cluster?: string;
}

export const visible = (text: string): Piece => ({ text, scored: false, specialTokens: false });
export const scored = (text: string): Piece => ({ text, scored: true, specialTokens: false });
/** The piece, encoded with the tokenizer's defaults (`enc+`). */
export const withSpecialTokens = (piece: Piece): Piece => ({ ...piece, specialTokens: true });
