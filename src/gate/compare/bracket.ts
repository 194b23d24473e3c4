/**
 * What two bounds say together: the negative log-likelihood of a diffusion model's answers lies between one from below (`tube`) and the
 * NELBO, or is known where all masks were run; that of an autoregressive model is known. One bound alone can never tell both ways.
 */
import type { Nats } from '../../core/units.ts';
import { layoutOf } from '../../stats/clustered/cluster-layout.ts';
import { type PairedIntervalName, pairedInterval } from '../../stats/clustered/paired-interval.ts';
import type { ValuePair } from '../../stats/paired-values.ts';
import type { RunPair } from '../measured/match-runs.ts';
import { type Measured, type MeasuredItem, taskOf } from '../measured/measured.ts';
import type { Bracket } from './comparison.ts';
import type { NameOf } from './side-names.ts';

/** null where no bracket was asked for, or no item has both ends on both sides. */
export function bracketOf(
  { reference, candidate }: RunPair,
  interval: PairedIntervalName,
  nameOf: NameOf,
): Bracket | null {
  if ([reference, candidate].every(({ manifest }) => manifest.settings.bracket === undefined)) return null;
  const theirs = new Map(reference.items.map((item) => [item.id, item]));
  const ends = candidate.items.flatMap((item) => {
    const other = theirs.get(item.id);
    const [mine, its] = [endsOf(candidate, item), other === undefined ? null : endsOf(reference, other)];
    return mine === null || its === null ? [] : [{ id: item.id, cluster: item.cluster ?? other?.cluster, mine, its }];
  });
  if (ends.length === 0) return null;
  const unscored = candidate.items.length - ends.length;
  const differenceOf = (pairs: readonly ValuePair[]) =>
    pairedInterval(layoutOf(pairs), pairs, { interval, isBounded: false, unscored });
  const low = differenceOf(ends.map(({ mine, its, ...item }) => ({ ...item, value: mine.low, reference: its.high })));
  const high = differenceOf(ends.map(({ mine, its, ...item }) => ({ ...item, value: mine.high, reference: its.low })));
  const verdict = high.high < 0 ? 'better' : low.low > 0 ? 'worse' : 'open';
  return { task: taskOf(reference), reference: nameOf(reference), candidate: nameOf(candidate), low, high, verdict };
}

/** Between what the negative log-likelihood of the (right) answer lies. */
function endsOf({ manifest }: Measured, { values }: MeasuredItem): { readonly low: Nats; readonly high: Nats } | null {
  if (values === null) return null;
  const known = manifest.model.family === 'autoregressive' ? (values.nll ?? values.goldNats) : values.marginal;
  const low = known ?? values.tube;
  const high = known ?? values.nelbo ?? values.goldNats;
  return low === undefined || high === undefined ? null : { low, high };
}
