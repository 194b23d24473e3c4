/** Views of a writing question in tokens: what stands around the hole, the reference in it, and what ends the text. */
import { HarnessError } from '../../core/errors.ts';
import {
  type Family,
  type HoleWording,
  lengthOfGold,
  type Piece,
  type View,
  type WriteQuestion,
  type Writing,
  writingOf,
} from '../../core/question.ts';
import type { Refusal } from '../../core/response.ts';
import type { SftRow } from '../../core/sft-row.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { requirePrediction } from '../shift.ts';
import { encodeInside } from './encode-inside.ts';
import { fimTokens, infillPrompt } from './infill-prompt.ts';
import { lowerView } from './lower.ts';
import type { Lowered } from './lowered.ts';

export interface WritingModel {
  readonly family: Family;
  readonly contextLength: number;
  readonly shift: boolean;
  /** Tokens that end a text besides the tokenizer's EOS. Absent: none. */
  readonly endIds?: readonly number[];
}

/** One view, ready to be written. `lowered.scored` is where the reference stands. */
export interface LoweredWriting {
  readonly view: string;
  readonly writing: Writing;
  readonly lowered: Lowered;
  /** Tokens that end the text of a left-to-right model; diffusion models: that cut it. */
  readonly endIds: readonly number[];
  /** The row of a fine-tuned model; null for plain text. */
  readonly sft: SftRow | null;
}

export interface LoweredQuestion {
  readonly views: readonly LoweredWriting[];
  /** By name, the views that this model cannot be asked. */
  readonly refused: Readonly<Record<string, Refusal>>;
}

/**
 * Views that need fill-in-the-middle tokens are left out where the vocabulary has none.
 *
 * @param row the tokens of a fine-tuned model's rows, for views with that layout
 */
export function lowerWriting(
  question: WriteQuestion,
  model: WritingModel,
  tokenizer: Tokenizer,
  row: SftRow | null = null,
): LoweredQuestion {
  const views: LoweredWriting[] = [];
  const refused: Record<string, Refusal> = {};
  for (const view of question.views[model.family]) {
    if (view.asks?.startsWith('fim') === true && fimTokens(tokenizer) === null) continue;
    try {
      views.push(lowerOne(view, writingOf(question, view), model, tokenizer, row));
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      refused[view.name] = { code: error.code, reason: error.message };
    }
  }
  return { views, refused };
}

function lowerOne(
  asked: View,
  writing: Writing,
  model: WritingModel,
  tokenizer: Tokenizer,
  row: SftRow | null,
): LoweredWriting {
  const view = withLongest(asked, tokenizer);
  const sft = view.layout === undefined ? null : row;
  const { lowered, endIds } =
    view.asks === undefined
      ? { lowered: lowerPlain(view, model, tokenizer, row), endIds: endsOf(writing, tokenizer, sft, model) }
      : lowerWorded(view, view.asks, tokenizer, model);
  requireRoom(lowered, writing, model);
  requirePrediction(lowered.scored, model.family, model.shift);
  return { view: view.name, writing, lowered, endIds, sft };
}

/** The view with the longest of several right answers, in tokens, in the reference's place; the first of equally long ones. */
function withLongest(view: View, tokenizer: Tokenizer): View {
  const { longestOf: texts = [], alternatives } = view;
  if (texts.length === 0) return view;
  const tokens = texts.map((text) => tokenizer.encode(text, { specialTokens: false }).length);
  const text = texts[tokens.indexOf(Math.max(...tokens))] as string;
  const put = (piece: Piece): Piece => (piece.scored ? { ...piece, text } : piece);
  return { ...view, alternatives: alternatives.map((pieces) => pieces.map(put)) };
}

/** A row has its length whatever is written; of plain text `requireRoom` says how much must fit. */
function lowerPlain(view: View, { contextLength }: WritingModel, tokenizer: Tokenizer, row: SftRow | null): Lowered {
  const most = view.layout === undefined ? Number.POSITIVE_INFINITY : contextLength;
  const [lowered] = lowerView(view, tokenizer, most, row);
  if (lowered === undefined) throw new TypeError(`view ${view.name}: a written question has one alternative`);
  return lowered;
}

function endsOf(
  { endsAtEos }: Writing,
  { eosId }: Tokenizer,
  sft: SftRow | null,
  { endIds = [] }: WritingModel,
): readonly number[] {
  if (sft !== null) return distinct([sft.eosId, ...endIds]);
  return endsAtEos === true ? distinct([eosId, ...endIds]) : [];
}

const distinct = (ids: readonly (number | null)[]): readonly number[] => [...new Set(ids.filter((id) => id !== null))];

/** The prompt, and the reference after it. */
function lowerWorded(
  view: View,
  asks: HoleWording,
  tokenizer: Tokenizer,
  { endIds: further = [] }: WritingModel,
): Pick<LoweredWriting, 'lowered' | 'endIds'> {
  const pieces = view.alternatives[0] ?? [];
  const hole = pieces.findIndex(({ scored }) => scored);
  const textOf = (some: typeof pieces) => some.map(({ text }) => text).join('');
  const around = { prefix: textOf(pieces.slice(0, hole)), suffix: textOf(pieces.slice(hole + 1)) };
  const { ids, endIds } = infillPrompt(asks, around, tokenizer, view.bos === 'once' ? 'once' : 'none');
  const reference = encodeInside(tokenizer, pieces[hole]?.text ?? '');
  const lowered: Lowered = {
    ids: Int32Array.of(...ids, ...reference),
    scored: reference.map((_, i) => ids.length + i),
    crossing: false,
  };
  return { lowered, endIds: distinct([...endIds, ...further]) };
}

/**
 * @throws HarnessError 'context-overflow' where prompt and text to be written do not fit; the reference counts only where it
 *   gives the length
 */
function requireRoom({ ids, scored }: Lowered, { length, mostTokens }: Writing, model: WritingModel): void {
  if (mostTokens !== undefined && ids.length > mostTokens) {
    const message = `${ids.length} tokens; the procedure skips what has more than ${mostTokens}`;
    throw new HarnessError('context-overflow', message);
  }
  const around = model.family === 'diffusion' ? ids.length - scored.length : (scored[0] as number);
  const needed = roomFor(length, scored.length, model.family);
  if (around + needed <= model.contextLength) return;
  throw new HarnessError('context-overflow', `${around + needed} tokens do not fit the model's ${model.contextLength}`);
}

/**
 * Tokens that must fit beside the prompt. A left-to-right model stops at the end of its context; unless the reference gives the
 * length, it needs room for one token.
 */
function roomFor(length: Writing['length'], reference: number, family: Family): number {
  const told = lengthOfGold(length, reference);
  if (told !== null) return told;
  if (length === 'gold-characters' || family !== 'diffusion') return 1;
  return typeof length === 'number' ? length : reference;
}
