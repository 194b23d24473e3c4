import type { Fraction } from '../../core/units.ts';
import { directionOf, isBounded } from '../../metrics/metric-spec.ts';
import { chanceOf } from '../../metrics/voted-answer.ts';
import type { RunColumns } from './run-columns.ts';

export interface RowFloor {
  /** Such as `empty completion`. */
  readonly name: string;
  readonly value: Fraction;
  /** Some run of the row is over a part of that set only. */
  readonly isOfWholeSetOnly: boolean;
}

export interface RowFloors {
  /** Accuracy of guessing; null where guessing is not a choice. */
  readonly chance: Fraction | null;
  /** What trivial answers reach on the whole set that the rows are of; empty where nothing is known. */
  readonly floors: readonly RowFloor[];
}

/** Of the headline, where it is a share, of votes, and of metrics with floors of their own. Chance is of being right. */
export function floorsOf(
  { source }: { readonly source: string },
  runs: readonly RunColumns[],
  metric: string,
): RowFloors {
  const [first] = runs;
  const isHeadline = runs.some(({ facts }) => facts.headline === metric);
  const isChance = isHeadline || /^(hit|majority)@/.test(metric);
  if (!isBounded(metric) || first === undefined) return { chance: null, floors: [] };
  const floors = (first.task.floors ?? []).filter((floor) => {
    const isMeant = floor.metric === undefined ? isHeadline : floor.metric === metric;
    return floor.source === source && isMeant;
  });
  const isOfWholeSetOnly = runs.some(({ facts }) => facts.isWholeSet !== true);
  return {
    chance: isChance && directionOf(metric) === 1 ? chanceOf(metric, first.task.chance) : null,
    floors: floors.map(({ name, hits, of }) => ({ name, value: hits / of, isOfWholeSetOnly })),
  };
}
