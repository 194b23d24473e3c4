/** A trace as frames: what stands at each place after each step, and from which step on the text is settled. */
import type { SampleTrace } from './sample-data.ts';

export interface TraceCell {
  /** `revealed` by this step, `kept` from an earlier one, `proposed` but masked again, `masked` without a proposal. */
  readonly kind: 'revealed' | 'kept' | 'proposed' | 'masked';
  /** Text of the token that stands there or is proposed; empty where there is none. */
  readonly piece: string;
  /** Probability of what is revealed or proposed, in thousandths; null for others. */
  readonly permille: number | null;
}

export interface TraceFrame {
  /** Steps done after it, 1 … T. */
  readonly step: number;
  /** By place. */
  readonly cells: readonly TraceCell[];
}

/** A frame for each step that went through the network. */
export function traceFrames({ steps, positions, pieces, path }: SampleTrace): TraceFrame[] {
  const standing = new Map<number, string>();
  return path.map(({ remaining, places, tokens, permille, revealed }) => {
    const proposalOf = new Map(places.map((place, at) => [place, at]));
    const isNew = new Set(revealed);
    const cells = positions.map((_, place): TraceCell => {
      const before = standing.get(place);
      if (before !== undefined && !isNew.has(place)) return { kind: 'kept', piece: before, permille: null };
      const at = proposalOf.get(place);
      if (at === undefined) return { kind: 'masked', piece: '', permille: null };
      const piece = pieces[tokens[at] ?? -1] ?? '';
      if (isNew.has(place)) standing.set(place, piece);
      return { kind: isNew.has(place) ? 'revealed' : 'proposed', piece, permille: permille[at] ?? 0 };
    });
    return { step: steps - remaining, cells };
  });
}

/**
 * The first step from which the text is settled: what stands and what is proposed for the rest read as the final text there and
 * in every later step, so that later steps only reveal it. With the text, its score and verdict are settled.
 *
 * @returns null where something is never revealed
 */
export function settledStep(frames: readonly TraceFrame[]): number | null {
  const last = frames.at(-1);
  if (last === undefined || last.cells.some(({ kind }) => kind === 'masked' || kind === 'proposed')) return null;
  const final = readText(last);
  const open = frames.findLastIndex((frame) => readText(frame) !== final);
  return frames[open + 1]?.step ?? null;
}

/** All of a frame's text, proposals included, to where the text ends; null where a place has neither. */
function readText({ cells }: TraceFrame): string | null {
  if (cells.some(({ kind }) => kind === 'masked')) return null;
  const end = cells.findIndex(({ piece }) => ENDS.test(piece));
  return cells
    .slice(0, end < 0 ? cells.length : end)
    .map(({ piece }) => piece)
    .join('');
}

/** Tokens that end a text, as tokenizers spell them. */
const ENDS = /^(<\|endoftext\|>|<\|eot_id\|>|<\|im_end\|>|<\/s>)$/;
