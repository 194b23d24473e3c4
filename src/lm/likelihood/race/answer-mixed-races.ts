/**
 * Races in fewer bits. What these move is one more error of a lead, as was measured on items that are held out; a question that is left open
 * for that alone is raced again in float32, and so are those that are held out, which check it. Whether one is depends on the item alone.
 */
import type { PrecisionSettings } from '../../../core/model.ts';
import type { Response } from '../../../core/response.ts';
import type { Forward } from '../../forward/sequence.ts';
import type { LoweredAsk } from '../../lowering/lowered-ask.ts';
import { type AnsweredTwice, beyondReach, computedIn } from '../mixed/answer-mixed.ts';
import { isHeldOut, NORMAL_REACH } from '../mixed/error-model.ts';
import type { Denoiser } from '../noised-input.ts';
import { type AskedRace, type RacingSettings, raceResponse, runRaces } from './answer-by-racing.ts';

/** The network in fewer bits and in float32. */
export interface TwoForwards {
  readonly cheap: Forward;
  readonly exact: Forward;
}

/**
 * Answers in order.
 *
 * @throws BeyondReach where an item that is held out shows an error that no item should have
 */
export async function answerByMixedRaces(
  asks: readonly LoweredAsk[],
  denoiser: Denoiser,
  settings: RacingSettings,
  { cheap: dtype, share, error = 0, reach = 0 }: PrecisionSettings,
  { cheap, exact }: TwoForwards,
): Promise<readonly Response[]> {
  // Where the largest errors are more than those of a normal distribution, so is what a lead is held against.
  const found = await runRaces(asks, denoiser, settings, cheap, error * Math.max(1, reach / NORMAL_REACH));
  const answers = found.map((race) => computedIn(dtype, raceResponse(race, settings)));
  const again = [...found.keys()].filter((i) => {
    const { key, race } = found[i] as AskedRace;
    return isHeldOut(key, share) || race.result().isNear;
  });
  const inFloat32 = await runRaces(
    again.map((i) => asks[i] as LoweredAsk),
    ...([denoiser, settings, exact] as const),
  );
  again.forEach((i, at) => {
    const [before, race] = [found[i] as AskedRace, inFloat32[at] as AskedRace];
    if (raceErrors(before, race).some((each) => Math.abs(each) > error * reach)) throw beyondReach(dtype, race.key);
    answers[i] = computedIn('float32', raceResponse(race, settings), answers[i]);
  });
  return answers;
}

/** Items in both, for the error model. */
export async function raceTwice(
  asks: readonly LoweredAsk[],
  denoiser: Denoiser,
  settings: RacingSettings,
  { cheap, exact }: TwoForwards,
): Promise<readonly AnsweredTwice[]> {
  const inFewerBits = await runRaces(asks, denoiser, settings, cheap);
  const inFloat32 = await runRaces(asks, denoiser, settings, exact);
  return inFewerBits.map((race, i) => {
    const other = inFloat32[i] as AskedRace;
    const bests = [race, other].map((each) => each.race.result().ranking.best);
    return { key: race.key, errors: raceErrors(race, other), decidesOtherwise: bests[0] !== bests[1] };
  });
}

/**
 * By how much fewer bits moved leads, in nats over the root of their tokens, each as it is normalised: of the first over every other answer, at
 * every look at which both were in either race. Both races draw the same masks.
 */
function raceErrors(cheap: AskedRace, exact: AskedRace): readonly number[] {
  const { looks, ranking } = cheap.race.result();
  const spread = (i: number): number => Math.sqrt(cheap.answers[i]?.tokens as number) * (cheap.scales[i] as number);
  const inFloat32 = exact.race.result().looks;
  return looks.flatMap((costs, look) => {
    const others = [...costs.keys()].filter((i) => i !== ranking.best);
    return others.flatMap((i) => {
      const [a, b] = [leadAt(costs, ranking.best, i), leadAt(inFloat32[look], ranking.best, i)];
      return a === null || b === null ? [] : [(a - b) / Math.hypot(spread(ranking.best), spread(i))];
    });
  });
}

/** null where one of them was out. */
function leadAt(costs: ReadonlyMap<number, number> | undefined, best: number, i: number): number | null {
  const [first, other] = [costs?.get(best), costs?.get(i)];
  return first === undefined || other === undefined ? null : other - first;
}
