/** `bench sweep`: what the number of diffusion steps T changes, and the smallest that is as good as the largest. */
import type { SweepOptions } from '../../evaluate/options.ts';
import { sweepSteps } from '../../evaluate/sweep.ts';
import { sweepTable } from '../../report/terminal/sweep-table.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';

/** @throws HarnessError 'bad-arguments' when no model is a diffusion model */
export async function run(options: SweepOptions, io: CommandIo): Promise<number> {
  const document = await sweepSteps(options, observe(io));
  io.stdout(options.json ? `${JSON.stringify(document, null, 2)}\n` : sweepTable(document, io.columns));
  return io.signal.aborted ? EXIT.stopped : EXIT.ok;
}
