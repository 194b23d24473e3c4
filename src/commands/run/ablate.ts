/** `bench ablate`: diffusion models read with less of the future or with the other alignment, item by item against their own way. */
import { ablateReading } from '../../evaluate/ablate.ts';
import type { AblateOptions } from '../../evaluate/options.ts';
import { ablationTable } from '../../report/terminal/ablation-table.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';

/** @throws HarnessError 'bad-arguments' on an autoregressive model */
export async function run(options: AblateOptions, io: CommandIo): Promise<number> {
  const document = await ablateReading(options, observe(io));
  io.stdout(options.json ? `${JSON.stringify(document, null, 2)}\n` : ablationTable(document, io.columns));
  return io.signal.aborted ? EXIT.stopped : EXIT.ok;
}
