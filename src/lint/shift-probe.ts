/** Is the output read at the row that predicts? Both rows are asked about the same masked tokens of the same sentences. */

import {
  type AttentionPattern,
  countingPositions,
  type Forward,
  type ReadAnswers,
  type Sequence,
} from '../lm/forward/sequence.ts';
import { predictingRow } from '../lm/shift.ts';
import { mean, standardError } from '../stats/sum.ts';
import { type Check, passed, skipped, suspect } from './check.ts';

export interface ShiftProbe {
  readonly forward: Forward;
  readonly maskId: number;
  /** The setting under test. */
  readonly shift: boolean;
  /** Tokens of a block, of a model that denoises one after the other. */
  readonly blockLength?: number | undefined;
  /** Token ids of natural text. */
  readonly sentences: readonly Int32Array[];
}

/** Every fourth token is masked, beginning with the second: the first has no row under the shift. */
const EVERY = 4;
const LEAST_SENTENCES = 4;
/** The other setting must be better by this share, beyond what untrained weights show, … */
const SHARE = 0.05;
/** … and by so many standard errors over sentences. */
const DECIDED = 3;

export async function probeShift(probe: ShiftProbe): Promise<Check> {
  const { forward, shift, sentences } = probe;
  const usable = sentences.filter((ids) => ids.length > EVERY);
  if (usable.length < LEAST_SENTENCES) {
    return skipped('shift', `needs ${LEAST_SENTENCES} texts of more than ${EVERY} tokens, found ${usable.length}`);
  }
  const readings = await forward(usable.map((ids) => bothRows(ids, probe)));
  const costs = readings.map(costOf);
  const [own, other] = [mean(costs.map(([first]) => first)), mean(costs.map(([, second]) => second))];
  const excess = costs.map(([first, second]) => first - second);
  const values = `${own.toFixed(2)} nats a masked token, ${other.toFixed(2)} with shift ${word(!shift)}`;
  const isWorse = own - other > SHARE * other && mean(excess) > DECIDED * standardError(excess);
  if (!isWorse) return passed('shift', `shift ${word(shift)}: ${values}`);
  return suspect(
    'shift',
    `shift ${word(shift)} reads the wrong row: ${values}`,
    `run again with --shift ${word(!shift)}, or set "shift": ${!shift} in the model's bench.json`,
  );
}

const word = (shift: boolean): string => (shift ? 'on' : 'off');

/** Reads of the masked tokens under the setting, then under the other one. */
function bothRows(ids: Int32Array, { maskId, shift, blockLength }: ShiftProbe): Sequence {
  const masked = Array.from(ids.keys()).filter((position) => position % EVERY === 1);
  const noised = ids.slice();
  for (const position of masked) noised[position] = maskId;
  const reads = [shift, !shift].flatMap((setting) =>
    masked.map((position) => ({ row: predictingRow(position, setting) ?? 0, target: ids[position] as number })),
  );
  const attention: AttentionPattern =
    blockLength === undefined ? { kind: 'full' } : { kind: 'blocks', length: blockLength };
  return { ids: noised, positions: countingPositions(ids.length), attention, reads };
}

/** Mean cross-entropy under the setting, and under the other one. */
function costOf({ logprobs }: ReadAnswers): readonly [number, number] {
  const half = logprobs.length / 2;
  return [-mean([...logprobs.subarray(0, half)]), -mean([...logprobs.subarray(half)])];
}
