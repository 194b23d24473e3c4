/** Runs that stand in no cell of the first table, each with the run that does in its place. */
import { groupBy } from '../../core/collect.ts';
import { namesOf, primaryOf, type QuestionSet, type SetNames } from './group-runs.ts';
import { readingParts } from './readings.ts';
import { modelKey, type RunColumns, stepsOfHeadline } from './run-columns.ts';

export interface LeftOutRun extends SetNames {
  readonly model: string;
  readonly items: number;
  readonly runId: string;
  /** What tells it from the run that is shown, beside its name: `n 5 instead of 30`, `seed 1`. */
  readonly because: string;
  /** The run that is shown. */
  readonly shown: string;
}

export function leftOutRuns(sets: readonly QuestionSet[]): readonly LeftOutRun[] {
  return sets.flatMap((set) =>
    [...groupBy(set.runs, modelKey).values()].flatMap((group) => {
      const shown = primaryOf(group);
      return group
        .filter((run) => run !== shown)
        .map((run) => ({
          ...namesOf(set),
          model: run.facts.model,
          items: run.facts.items,
          runId: run.runId,
          because: because(run, shown),
          shown: shown.runId,
        }));
    }),
  );
}

function because(run: RunColumns, shown: RunColumns): string {
  const [mine, theirs] = [run.facts, shown.facts];
  const [T, other] = [stepsOfHeadline(run), stepsOfHeadline(shown)];
  const differs = [
    ...(mine.items === theirs.items ? [] : [`n ${mine.items} instead of ${theirs.items}`]),
    ...readingParts(run).filter((part) => !readingParts(shown).includes(part) && !mine.model.includes(part)),
    ...(T === other ? [] : [`T = ${T ?? 'one a token'}`]),
    ...(mine.seed === theirs.seed ? [] : [`seed ${mine.seed}`]),
    ...(mine.passes === theirs.passes ? [] : [`up to ${mine.passes} passes`]),
    ...(mine.engine === theirs.engine ? [] : [mine.engine]),
  ];
  return differs.length === 0 ? 'older' : differs.join(', ');
}
