import type { Fraction } from '../../core/units.ts';
import { directionOf, isBounded } from '../../metrics/metric-spec.ts';
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

/** Of the headline, where it is a share: other metrics of the task have other floors. Chance is of being right. */
export function floorsOf(
  { source }: { readonly source: string },
  runs: readonly RunColumns[],
  metric: string,
): RowFloors {
  const isFloored = isBounded(metric) && runs.some(({ facts }) => facts.headline === metric);
  const [first] = runs;
  if (!isFloored || first === undefined) return { chance: null, floors: [] };
  const floors = (first.task.floors ?? []).filter(
    (floor) => floor.source === source && (floor.metric ?? metric) === metric,
  );
  const isOfWholeSetOnly = runs.some(({ facts }) => facts.isWholeSet !== true);
  return {
    chance: directionOf(metric) === 1 ? first.task.chance : null,
    floors: floors.map(({ name, hits, of }) => ({ name, value: hits / of, isOfWholeSetOnly })),
  };
}
