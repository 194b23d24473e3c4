/** `bench sweep`: what the number of diffusion steps T changes, and the smallest that is as good as the largest. */
import { HarnessError } from '../../core/errors.ts';
import { executeRuns, type PreparedRuns, prepareRuns } from '../../evaluate/execute-runs.ts';
import type { SweepOptions } from '../../evaluate/options.ts';
import { sweepTable } from '../../report/terminal/sweep-table.ts';
import { toSweepDocument } from '../../report/view/sweep.ts';
import { examplesOf } from '../../runner/describe-run.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';

/** @throws HarnessError 'bad-arguments' when no model is a diffusion model */
export async function run(options: SweepOptions, io: CommandIo): Promise<number> {
  const prepared = await prepareRuns(options, io);
  if (prepared.checkpoints.every(({ checkpoint }) => checkpoint.options.family === 'autoregressive')) {
    throw new HarnessError(
      'bad-arguments',
      `--models: expected a diffusion model to sweep over T, found only autoregressive ${options.models.join(', ')}`,
      { hint: 'autoregressive models have no T; beside a diffusion model they are shown for comparison' },
    );
  }
  refuseOwnSteps(prepared.jobs, options);
  const document = toSweepDocument(await executeRuns(prepared, options, io), options);
  io.stdout(options.json ? `${JSON.stringify(document, null, 2)}\n` : sweepTable(document, io.columns));
  return io.signal.aborted ? EXIT.stopped : EXIT.ok;
}

/** Some published procedures take as many steps as a text has tokens, whatever the run says. */
function refuseOwnSteps(jobs: PreparedRuns['jobs'], { protocol }: SweepOptions): void {
  for (const { task, loaded } of jobs) {
    const question = examplesOf(task, protocol, loaded.rows, 1)[0]?.question;
    if (question?.kind !== 'write' || question.writing.steps === 'as-set') continue;
    throw new HarnessError(
      'bad-arguments',
      `--tasks: expected tasks whose T can be set, found ${task.name}, which under ${protocol} takes one step a token`,
      { hint: 'sweep over it with --protocol canonical' },
    );
  }
}
