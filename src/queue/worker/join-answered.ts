import type { AnsweredUnit } from '../../runner/plan.ts';
import { addCosts, addSessionWork, type SessionWork } from '../../store/environment.ts';

/** Parts of a unit, in their order, as one. */
export function joinAnswered(parts: readonly AnsweredUnit[]): AnsweredUnit {
  const works = parts.map(({ costs }) => costs.work ?? null);
  const counted = works.filter((work): work is SessionWork => work !== null);
  return {
    records: parts.flatMap(({ records }) => records),
    traces: parts.flatMap(({ traces }) => traces),
    costs: {
      writing: parts.reduce((sum, { costs }) => addCosts(sum, costs.writing ?? {}), {}),
      work: counted.length === 0 ? null : counted.reduce(addSessionWork),
    },
  };
}
