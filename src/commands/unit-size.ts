/** How many items are asked together. Never changes a result. */
import type { ModelIdentity, ScoringSettings } from '../core/model.ts';

/** Floating-point operations after which results are stored: a few seconds of work, however large the model. */
const UNIT_FLOPS = 4e11;
/** A typical question has this many tokens, over all its alternatives. */
const QUESTION_TOKENS = 200;

/** Programs take longer to run than to write with a small model: results are stored, and the bar moves, after this many items. */
const MOST_JUDGED = 8;

/**
 * Passes and steps both count: `paper` runs T passes, and a large T takes time to weigh under any protocol.
 *
 * @param isJudged what the model writes is run
 */
export function unitSize(
  { family, parameters }: ModelIdentity,
  { passes, steps }: ScoringSettings,
  isJudged = false,
): number {
  const forwards = family === 'autoregressive' ? 1 : Math.max(passes, ...steps);
  const most = isJudged ? MOST_JUDGED : 64;
  return Math.max(1, Math.min(most, Math.floor(UNIT_FLOPS / (2 * parameters * QUESTION_TOKENS * forwards))));
}
