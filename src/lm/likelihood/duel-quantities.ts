/** The answers of questions under the deterministic samplers that a run asks for: one token a step, and over each T. */
import { duelRuleOf, headroomOf, paceOver } from '../../core/duel-rule.ts';
import type { ScoringSettings } from '../../core/model.ts';
import { stream } from '../../core/numbers/random.ts';
import type { Quantity } from '../../core/response.ts';
import type { Nats } from '../../core/units.ts';
import type { Forward } from '../forward/sequence.ts';
import type { Lowered } from '../lowering/lowered.ts';
import { type DuelJob, type DuelOutcome, duel, duelParts, duelSum } from './duel.ts';
import type { Denoiser } from './noised-input.ts';

type DuelSettings = Pick<ScoringSettings, 'duel' | 'steps' | 'seed'>;

/** Negative log-likelihoods of each answer, in nats. Rules that reveal alike, as every T of L or more steps does, share their path. */
export async function duelQuantities(
  answers: readonly Pick<DuelJob, 'lowered' | 'key' | 'pool'>[],
  settings: DuelSettings,
  denoiser: Denoiser,
  forward: Forward,
): Promise<readonly ReadonlyMap<Quantity, Nats>[]> {
  const named = answers.flatMap((answer, at) =>
    waysOf(answer.lowered, answer.key, settings).flatMap(({ names, ...way }) =>
      duelParts(answer, denoiser).map((part) => ({ at, names, job: { ...part, ...way } })),
    ),
  );
  const outcomes = await duel(
    named.map(({ job }) => job),
    denoiser,
    settings.seed,
    forward,
  );
  const totals = answers.map(() => new Map<string, Nats>());
  named.forEach(({ at, names }, i) => {
    const sums = totals[at] as Map<string, Nats>;
    for (const name of names) sums.set(name, (sums.get(name) ?? 0) - duelSum(outcomes[i] as DuelOutcome));
  });
  return totals.map(withHeadroom);
}

/** Of the orders of a headroom, each under a name of its own, only the most likely is kept. */
function withHeadroom(totals: ReadonlyMap<string, Nats>): ReadonlyMap<Quantity, Nats> {
  const found = new Map<Quantity, Nats>();
  for (const [drawn, total] of totals) {
    const name = drawn.split('#')[0] as Quantity;
    found.set(name, Math.min(total, found.get(name) ?? total));
  }
  return found;
}

/** One way of revealing an answer. */
interface NamedWay extends Pick<DuelJob, 'rule' | 'priority'> {
  readonly names: readonly string[];
}

function waysOf(
  { scored }: Lowered,
  key: string,
  { duel: asked = [], steps, seed }: DuelSettings,
): readonly NamedWay[] {
  const several = steps.filter((T) => T < scored.length);
  return asked.flatMap((name): readonly NamedWay[] => {
    const orders = headroomOf(name);
    if (orders !== null) return randomOrders(name, orders, seed, key);
    const rule = duelRuleOf(name);
    if (rule === null) throw new TypeError(`no rule is called ${name}`); // refused when the run was asked for
    const one = steps.filter((T) => T >= scored.length).map((T) => at(name, T));
    return [
      { names: [name, ...one], rule: { ...rule, pace: { perStep: 1 } } },
      ...several.map((T) => ({ names: [at(name, T)], rule: { ...rule, pace: paceOver(T, rule, scored.length) } })),
    ];
  });
}

const at = (name: string, T: number): string => `${name}@${T}`;

/** Keyed by the question, so that all its answers, and every model, see the same orders. */
function randomOrders(name: string, orders: number, seed: number, key: string): readonly NamedWay[] {
  const rule = { order: 'left-to-right', block: null, pace: { perStep: 1 } } as const;
  return Array.from({ length: orders }, (_, draw) => {
    const random = stream(seed, 'order', key, draw);
    return { names: [`${name}#${draw}`], rule, priority: (position) => random.uniform(position) };
  });
}
