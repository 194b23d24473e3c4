/** What a canvas held on the way, for tests that look at every state. */
import type { TraceStep } from '../../src/core/trace.ts';
import type { Canvas } from '../../src/lm/writing/sampler.ts';
import type { Trajectory } from '../../src/lm/writing/trajectory.ts';

/**
 * The full states: before the first step, then after each one.
 *
 * @returns rows of the canvas's length; masked positions hold `maskId`
 */
export function statesOf(canvas: Canvas, maskId: number, trajectory: Trajectory): readonly Int32Array[] {
  const written = new Set(trajectory.flatMap(({ revealed }) => revealed));
  const states = [canvas.ids.map((id, position) => (written.has(position) ? maskId : id))];
  for (const step of trajectory) {
    const next = (states.at(-1) as Int32Array).slice();
    for (const [position, token] of revealedTokens(step)) next[position] = token;
    states.push(next);
  }
  return states;
}

/** The tokens that a step put into the canvas, by position. */
function revealedTokens({ positions, tokens, revealed }: TraceStep): ReadonlyMap<number, number> {
  const proposed = new Map(positions.map((position, i) => [position, tokens[i] as number]));
  return new Map(revealed.map((position) => [position, proposed.get(position) as number]));
}
