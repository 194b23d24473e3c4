/** Of a question with choices: the view that decides `acc`, and by how much its first answer leads. */
import type { RankingName, ViewResponse } from '../core/response.ts';
import { type DecidingLead, stoppedLead } from '../stats/undecided.ts';

/** Stored views are sorted by name; the one that decides is called `default` where there are several. */
export const decidingView = (views: Readonly<Record<string, ViewResponse>>): ViewResponse | undefined =>
  views.default ?? Object.values(views)[0];

/**
 * Of a race that was stopped, as if it had been looked at once, see `stoppedLead`.
 *
 * @param gold the right alternative
 * @returns null where nothing is ranked by that name, or there is one alternative
 */
export function decidingLead({ rankings, race }: ViewResponse, name: RankingName, gold: number): DecidingLead | null {
  const ranking = rankings[name];
  if (ranking === undefined || ranking.runnerUp === null) return null;
  const { best, runnerUp, margin, stderr } = ranking;
  const lead = { margin, stderr };
  const looks = race?.decided === true ? Math.max(...race.rounds) : 1;
  return { ...(looks === 1 ? lead : stoppedLead(lead, looks)), decides: best === gold || runnerUp === gold };
}
