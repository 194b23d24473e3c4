/** Where two ways of denoising one text part. */
import type { TextTrace, TraceStep } from '../../core/trace.ts';
import type { Nats } from '../../core/units.ts';

export interface Parting {
  /** From 1, of the steps that went through the network. */
  readonly step: number;
  readonly position: number;
  /** Text of the token that each proposed there; equal where only what is revealed differs. */
  readonly pieces: readonly [string, string];
  /** Between the log-probabilities that the two gave to their proposals: near 0, a tie was broken by rounding. */
  readonly gap: Nats;
  /** Largest difference of the log-probabilities of equal proposals, up to this step. */
  readonly noise: Nats;
}

/** null where both propose and reveal the same in every step. */
export function partingOf(a: TextTrace, b: TextTrace): Parting | null {
  let noise = 0;
  for (const [i, one] of a.path.entries()) {
    const other = b.path[i];
    if (other === undefined) return null;
    const proposals = paired(one, other);
    for (const { tokens, confidences } of proposals) {
      if (tokens[0] === tokens[1]) noise = Math.max(noise, Math.abs(confidences[0] - confidences[1]));
    }
    const parted = proposals.find(({ position, tokens }) => {
      return tokens[0] !== tokens[1] || one.revealed.includes(position) !== other.revealed.includes(position);
    });
    if (parted === undefined) continue;
    const { position, tokens, confidences } = parted;
    const pieces = [a.pieces[tokens[0]] ?? '', b.pieces[tokens[1]] ?? ''] as const;
    return { step: i + 1, position, pieces, gap: Math.abs(confidences[0] - confidences[1]), noise };
  }
  return null;
}

/** What both propose for a position, in the order of positions. */
function paired(a: TraceStep, b: TraceStep) {
  return a.positions.flatMap((position, i) => {
    const j = b.positions.indexOf(position);
    if (j < 0) return [];
    return {
      position,
      tokens: [a.tokens[i] ?? -1, b.tokens[j] ?? -1] as const,
      confidences: [a.confidences[i] ?? 0, b.confidences[j] ?? 0] as const,
    };
  });
}
