/** How a canvas was written, step by step: plain numbers, ready to be stored. */
import type { TextTrace, TraceStep } from '../../core/trace.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import type { DenoisingStep } from './denoise-job.ts';
import type { Canvas } from './sampler.ts';

/** Steps that went through the network, first to last, also those that revealed nothing. */
export type Trajectory = readonly TraceStep[];

/** A step as it is kept; confidences are rounded to six digits. */
export function traceStep({ remaining, asked, proposal, revealed }: DenoisingStep): TraceStep {
  const proposals = asked.map(proposal);
  return {
    remaining,
    positions: [...asked],
    tokens: proposals.map(({ token }) => token),
    confidences: proposals.map(({ confidence }) => Number(confidence.toPrecision(6))),
    revealed: [...revealed],
  };
}

/** A trajectory with all that a reader needs who has no tokenizer. */
export function textTrace(
  { ids, maskable, draw }: Canvas,
  { view, steps }: Pick<TextTrace, 'view' | 'steps'>,
  path: Trajectory,
  tokenizer: Tokenizer,
): TextTrace {
  const text = (part: Int32Array) => tokenizer.decode([...part], { skipSpecialTokens: false });
  const [first, last] = [maskable[0] ?? ids.length, maskable.at(-1) ?? ids.length];
  const context = { before: text(ids.slice(0, first)), after: text(ids.slice(last + 1)) };
  return { view, steps, draw, maskable, context, path, pieces: piecesOf(path, tokenizer) };
}

/** The text of every token of a trajectory, by id. */
export function piecesOf(path: Trajectory, tokenizer: Tokenizer): Readonly<Record<string, string>> {
  const tokens = [...new Set(path.flatMap((step) => step.tokens))].sort((a, b) => a - b);
  return Object.fromEntries(tokens.map((token) => [token, pieceOf(token, tokenizer)]));
}

/**
 * What a token adds to a text that goes on: decoded after itself, since some tokenizers take the blank off the first token.
 * Tokens that hold a part of a character only are spelt as the vocabulary does.
 */
function pieceOf(token: number, tokenizer: Tokenizer): string {
  const decode = (ids: readonly number[]) => tokenizer.decode(ids, { skipSpecialTokens: false });
  const once = decode([token]);
  const twice = decode([token, token]);
  const added = twice.startsWith(once) ? twice.slice(once.length) : once;
  return added === '' || added.includes('\uFFFD') ? (tokenizer.token(token) ?? added) : added;
}
