/**
 * The claims of arXiv 2410.17891 that the miniature can speak to, and what its records say of each. Rule, for one claim on one task: for
 * every seed the two arms are compared item by item; the differences are averaged over seeds, item by item, and their mean gets a
 * 95 % interval over items. `shown`: the interval lies on the claimed side of 0 and so does the difference of every single seed.
 * `contradicted at this scale`: both lie on the other side. Else `not shown`.
 */
import type { Estimate } from '../../src/core/estimate.ts';
import { meanInterval } from '../../src/stats/clustered/estimate-items.ts';
import type { Arm, Rule } from './plan.ts';
import { atSteps, type Miniature, type MiniatureRecord } from './records.ts';

export type Verdict = 'shown' | 'not shown' | 'contradicted at this scale';

export interface Claim {
  readonly name: string;
  readonly better: Side;
  readonly worse: Side;
  readonly tasks: readonly string[];
}

interface Side {
  readonly arm: Arm;
  /** Diffusion steps T. */
  readonly steps: number;
  /** Of the sampler; default: canonical. */
  readonly rule?: Rule;
}

export interface Finding {
  readonly claim: string;
  readonly task: string;
  /** `accuracy`: in points of a hundred; `nats`: fewer nats of the right answer, a positive difference is an improvement. */
  readonly unit: 'accuracy' | 'nats';
  readonly difference: Estimate;
  readonly bySeed: readonly number[];
  readonly verdict: Verdict;
}

const T = 32;
const ALL = ['pointer-chasing', 'countdown-mini', 'word-problems', 'stories-cloze'];
const full: Side = { arm: 'full', steps: T };

export const CLAIMS: readonly Claim[] = [
  { name: 'The shift matters', better: full, worse: { arm: 'noshift', steps: T }, tasks: ALL },
  { name: 'Annealing the attention matters', better: full, worse: { arm: 'noanneal', steps: T }, tasks: ALL },
  { name: 'More steps help', better: full, worse: { arm: 'full', steps: 1 }, tasks: ALL.slice(0, 3) },
  {
    name: 'Diffusion beats autoregression on planning',
    better: full,
    worse: { arm: 'ar', steps: T },
    tasks: ['pointer-chasing', 'countdown-mini'],
  },
  {
    name: 'Starting from an autoregressive model helps',
    better: full,
    worse: { arm: 'scratch', steps: T },
    tasks: ALL,
  },
];

/** Not claims of the paper, but what a reader of the claims must know; judged by the same rule. */
export const CONTROLS: readonly Claim[] = [
  {
    name: 'Control: diffusion beats autoregression in the forward order too',
    better: full,
    worse: { arm: 'ar', steps: T },
    tasks: ['pointer-chasing-forward'],
  },
  ...[8, 32].map(
    (steps): Claim => ({
      name: `Ranking only what is masked beats the published rule at T = ${steps}`,
      better: { arm: 'full', steps, rule: 'canonical' },
      worse: { arm: 'full', steps, rule: 'paper' },
      tasks: ALL.slice(0, 3),
    }),
  ),
];

export function findings({ records }: Miniature, claims: readonly Claim[] = CLAIMS): readonly Finding[] {
  return claims.flatMap((claim) => claim.tasks.flatMap((task) => finding(claim, task, records) ?? []));
}

/** null where an arm is missing. */
function finding(claim: Claim, task: string, records: readonly MiniatureRecord[]): Finding | null {
  const ofTask = records.filter((record) => record.task === task);
  const ofSide = ({ arm, rule = 'canonical' }: Side) =>
    ofTask.filter((record) => record.arm === arm && record.rule === rule);
  const better = ofSide(claim.better);
  const pairs = better.flatMap((record) => {
    const other = ofSide(claim.worse).find(({ seed }) => seed === record.seed);
    return other === undefined ? [] : [differences(record, claim.better, other, claim.worse)];
  });
  const [first] = pairs;
  if (first === undefined) return null;
  const perItem = first.map((_, item) => meanOf(pairs.map((pair) => pair[item] as number)));
  const bySeed = pairs.map(meanOf);
  const difference = meanInterval(perItem);
  const unit = better[0]?.nats === undefined ? 'accuracy' : 'nats';
  return { claim: claim.name, task, unit, difference, bySeed, verdict: verdictOf(difference, bySeed) };
}

export function verdictOf({ low, high }: Pick<Estimate, 'low' | 'high'>, bySeed: readonly number[]): Verdict {
  if (low > 0 && bySeed.every((each) => each > 0)) return 'shown';
  if (high < 0 && bySeed.every((each) => each < 0)) return 'contradicted at this scale';
  return 'not shown';
}

/** Positive: the first is better. */
function differences(a: MiniatureRecord, sideA: Side, b: MiniatureRecord, sideB: Side): readonly number[] {
  if (a.nats !== undefined && b.nats !== undefined) {
    const other = b.nats;
    return a.nats.map((nats, item) => (other[item] as number) - nats);
  }
  const [left, right] = [atSteps(a, sideA.steps), atSteps(b, sideB.steps)];
  if (left.length !== right.length) throw new RangeError(`${a.task}: ${left.length} and ${right.length} items`);
  return left.map((value, item) => value - (right[item] as number));
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** One verdict over tasks: theirs, where those that decide agree. */
export function overall(parts: readonly Finding[]): string {
  const named = (verdict: Verdict) => parts.filter((part) => part.verdict === verdict).map(({ task }) => task);
  const [shown, against] = [named('shown'), named('contradicted at this scale')];
  if (shown.length === 0 && against.length === 0) return 'not shown';
  if (against.length === 0) return `shown (${shown.join(', ')})`;
  if (shown.length === 0) return `contradicted at this scale (${against.join(', ')})`;
  return `shown on ${shown.join(', ')}; contradicted at this scale on ${against.join(', ')}`;
}
