/** A stored trace as the grid of the page shows it. */
import type { TextTrace } from '../../core/trace.ts';
import { spearman } from '../../stats/spearman.ts';
import type { SampleTrace, SampleTraceStep } from './sample-data.ts';

/** @param lane of the same text by a left-to-right model, where a record has it */
export function sampleTrace(text: TextTrace, lane: SampleTrace['lane']): SampleTrace {
  const { view, steps, draw, maskable, context, path, pieces } = text;
  const placeOf = new Map(maskable.map((position, place) => [position, place]));
  const places = (positions: readonly number[]) => positions.map((position) => placeOf.get(position) as number);
  const ids = Object.keys(pieces);
  const pieceOf = new Map(ids.map((id, at) => [Number(id), at]));
  return {
    view,
    steps,
    draw,
    before: context.before,
    after: context.after,
    positions: maskable,
    pieces: ids.map((id) => pieces[id] as string),
    path: path.map(
      ({ remaining, positions, tokens, confidences, revealed }): SampleTraceStep => ({
        remaining,
        places: places(positions),
        tokens: tokens.map((token) => pieceOf.get(token) as number),
        permille: confidences.map((confidence) => Math.round(1000 * Math.exp(confidence))),
        revealed: places(revealed),
      }),
    ),
    rankCorrelation: orderCorrelation(text),
    lane,
  };
}

/**
 * Spearman's rank correlation of the step that reveals a position with the position: 1 = left to right, −1 = right to left.
 * Positions of one step tie.
 */
export function orderCorrelation({ path, maskable }: Pick<TextTrace, 'path' | 'maskable'>): number | null {
  const steps = new Map(path.flatMap(({ revealed }, step) => revealed.map((position) => [position, step] as const)));
  const written = maskable.filter((position) => steps.has(position));
  const revealed = written.map((position) => steps.get(position) as number);
  return spearman(revealed, written);
}
