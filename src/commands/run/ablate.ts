/** `bench ablate`: diffusion models read with less of the future or with the other alignment, item by item against their own way. */
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import { HarnessError } from '../../core/errors.ts';
import { executeRuns, prepareRuns } from '../../evaluate/execute-runs.ts';
import type { AblateOptions } from '../../evaluate/options.ts';
import type { Reading } from '../../evaluate/run-settings.ts';
import { ablationTable } from '../../report/terminal/ablation-table.ts';
import { toAblationDocument } from '../../report/view/ablation.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';

const FULL_ATTENTION = 1;

/** @throws HarnessError 'bad-arguments' on an autoregressive model */
export async function run(options: AblateOptions, io: CommandIo): Promise<number> {
  const prepared = await prepareRuns(options, io);
  const checkpoints = prepared.checkpoints.map(({ checkpoint }) => checkpoint);
  const causal = checkpoints.find((checkpoint) => checkpoint.options.family === 'autoregressive');
  if (causal !== undefined) {
    throw new HarnessError(
      'bad-arguments',
      `--models: expected diffusion models, whose attention and shift can be varied, found autoregressive ${causal.name}`,
    );
  }
  const executed = await executeRuns(prepared, options, io, (checkpoint) => readingsOf(checkpoint, options));
  const ownShift = new Map(checkpoints.map((checkpoint) => [checkpoint.name, checkpoint.options.shift]));
  const document = toAblationDocument(
    executed.map(({ stored, report }) => ({
      stored,
      report,
      isReference: report.openFraction === FULL_ATTENTION && report.shift === ownShift.get(report.model),
    })),
  );
  io.stdout(options.json ? `${JSON.stringify(document, null, 2)}\n` : ablationTable(document, io.columns));
  return io.signal.aborted ? EXIT.stopped : EXIT.ok;
}

/** Every attention with every shift; the reference is first, so that an interrupted ablation has it. */
function readingsOf({ options }: Checkpoint, { attentions, shifts }: AblateOptions): readonly Reading[] {
  const allShifts = [...new Set([options.shift, ...shifts])];
  const allAttentions = [...new Set([FULL_ATTENTION, ...attentions])];
  return allShifts.flatMap((shift) => allAttentions.map((openFraction) => ({ openFraction, shift })));
}
