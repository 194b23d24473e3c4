/** Diffusion models read with less of the future or with the other alignment, item by item against their own way. */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { badArguments } from '../core/errors.ts';
import { type AblationDocument, toAblationDocument } from '../report/view/ablation.ts';
import { executeRuns, prepareRuns } from './execute-runs.ts';
import { type Observer, SILENT } from './observer.ts';
import type { AblateOptions } from './options.ts';
import type { Reading } from './run-settings.ts';

const FULL_ATTENTION = 1;

/** @throws HarnessError 'bad-arguments' on an autoregressive model */
export async function ablateReading(options: AblateOptions, observer: Observer = SILENT): Promise<AblationDocument> {
  const prepared = await prepareRuns(options, observer);
  const checkpoints = prepared.models.map(({ checkpoint }) => checkpoint);
  const causal = checkpoints.find((checkpoint) => checkpoint.options.family === 'autoregressive');
  if (causal !== undefined) {
    throw badArguments(
      `--models: expected diffusion models, whose attention and shift can be varied, found autoregressive ${causal.name}`,
    );
  }
  const executed = await executeRuns(prepared, options, observer, (checkpoint) => readingsOf(checkpoint, options));
  const ownShift = new Map(checkpoints.map((checkpoint) => [checkpoint.name, checkpoint.options.shift]));
  return toAblationDocument(
    executed.map(({ stored, report }) => ({
      stored,
      report,
      isReference: report.openFraction === FULL_ATTENTION && report.shift === ownShift.get(report.model),
    })),
  );
}

/** Every attention with every shift; the reference is first, so that an interrupted ablation has it. */
function readingsOf({ options }: Checkpoint, { attentions, shifts }: AblateOptions): readonly Reading[] {
  const allShifts = [...new Set([options.shift, ...shifts])];
  const allAttentions = [...new Set([FULL_ATTENTION, ...attentions])];
  return allShifts.flatMap((shift) => allAttentions.map((openFraction) => ({ openFraction, shift })));
}
