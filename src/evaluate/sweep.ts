/** What the number of diffusion steps T changes, and the smallest that is as good as the largest. */
import { taskNamed } from '../../tasks/index.ts';
import { badArguments } from '../core/errors.ts';
import { type SamplerFrontier, samplerFrontiers } from '../report/charts/sampler-frontier.ts';
import { questionSets } from '../report/view/group-runs.ts';
import { type SweepDocument, toSweepDocument } from '../report/view/sweep.ts';
import { toRunColumns } from '../report/view/to-run-columns.ts';
import { type ExecutedRun, executeRuns, type PreparedRuns, prepareRuns } from './execute-runs.ts';
import { headlineOf } from './known-of-runs.ts';
import { type Observer, SILENT } from './observer.ts';
import type { SweepOptions } from './options.ts';
import { firstQuestion } from './run-settings.ts';
import { idleKnobs } from './samplers/check-knobs.ts';
import { deadKnobs } from './samplers/dead-knobs.ts';

/** @throws HarnessError 'bad-arguments' when no model is a diffusion model, or a task's T cannot be set */
export async function sweepSteps(options: SweepOptions, observer: Observer = SILENT): Promise<SweepDocument> {
  const prepared = await prepareRuns(options, observer);
  if (prepared.models.every(({ checkpoint }) => checkpoint.options.family === 'autoregressive')) {
    throw badArguments(
      `--models: expected a diffusion model to sweep over T, found only autoregressive ${options.models.join(', ')}`,
      'autoregressive models have no T; beside a diffusion model they are shown for comparison',
    );
  }
  refuseOwnSteps(prepared.tasks, options);
  const executed = await executeRuns(prepared, options, observer);
  const stored = executed.map((run) => run.stored);
  const { models, tasks, engine } = prepared;
  const idle = observer.signal.aborted ? [] : await idleKnobs(models, tasks, engine, options, observer);
  return toSweepDocument(executed, options, {
    frontiers: frontiersOf(executed),
    deadKnobs: [...deadKnobs(stored), ...idle],
  });
}

/** Over the samplers of each model on each task. */
function frontiersOf(executed: readonly ExecutedRun[]): readonly SamplerFrontier[] {
  const runs = executed.map(({ stored }) =>
    toRunColumns(stored, {
      ...headlineOf(stored.manifest),
      chance: taskNamed(stored.manifest.task.name)?.chance ?? null,
    }),
  );
  return samplerFrontiers(questionSets(runs));
}

/** Some published procedures take as many steps as a text has tokens, whatever the run says. */
function refuseOwnSteps(tasks: PreparedRuns['tasks'], { protocol }: SweepOptions): void {
  for (const asked of tasks) {
    const question = firstQuestion(asked, { protocol });
    if (question?.kind !== 'write' || question.writing.steps === 'as-set') continue;
    const { name } = asked.task;
    const message = `--tasks: expected tasks whose T can be set, found ${name}, which under ${protocol} takes one step a token`;
    throw badArguments(message, 'sweep over it with --protocol canonical');
  }
}
