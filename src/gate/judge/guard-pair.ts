/** What a gate looks at besides the scores: coverage, failures, effort, and whether the baseline still fits. */
import { deviceOf, heldIn } from '../../core/model.ts';
import { differencesOf } from '../measured/comparability.ts';
import type { RunPair } from '../measured/match-runs.ts';
import { isCrossed, type Measured, taskOf } from '../measured/measured.ts';
import type { GuardCheck, Verdict } from './gate-document.ts';
import type { GateRules } from './gate-schema.ts';

/** The baseline is of other rows or an older version of the task: nothing can be said until a new one is blessed. */
export function staleGuards({ reference, candidate }: RunPair): readonly GuardCheck[] {
  const found = differencesOf(reference.manifest, candidate.manifest).filter(
    ({ name }) => name === 'version' || name === 'data',
  );
  if (found.length === 0) return [];
  const reason = `the baseline is stale: ${found.map(({ text }) => text).join('; ')}; bless a new one`;
  return [{ guard: 'stale', task: taskOf(reference), verdict: 'inconclusive', reason }];
}

/** The guards that found something, and those that passed. */
export function guardPair({ reference, candidate }: RunPair, { guards }: GateRules): readonly GuardCheck[] {
  const check = (guard: GuardCheck['guard'], isMet: boolean, otherwise: Verdict, reason: string): GuardCheck => ({
    guard,
    task: taskOf(reference),
    verdict: isMet ? 'pass' : otherwise,
    reason,
  });
  const limited = (guard: 'nfe' | 'seconds', what: string, times: number | null): GuardCheck[] => {
    const limit = guards[guard];
    if (limit === null || times === null) return [];
    const reason = `${times.toFixed(2)} times the ${what} an item of the baseline, limit ${limit}`;
    return [check(guard, times <= limit, 'regression', reason)];
  };
  const missing = missingItems(reference, candidate);
  const failures = [candidate, reference].map(({ items }) => items.filter(({ values }) => values === null).length);
  const [now = 0, before = 0] = failures;
  const nfe = ratio(candidate.summary.nfe / candidate.items.length, reference.summary.nfe / reference.items.length);
  const seconds = ratio(candidate.seconds / candidate.items.length, reference.seconds / reference.items.length);
  return [
    check('coverage', missing === null, 'inconclusive', missing ?? 'every item of the baseline is there'),
    check(
      'unscored',
      now <= before + guards.unscored,
      'regression',
      `${now} items without a score, ${before} in the baseline, ${guards.unscored} more allowed`,
    ),
    ...(isCrossed({ reference, candidate }) ? [] : limited('nfe', 'sequences', nfe)),
    ...limited('seconds', 'seconds', seconds),
    ...(guards.environment === 'require'
      ? environmentDifferences({ reference, candidate }).map((text) =>
          check('environment', false, 'inconclusive', text),
        )
      : []),
  ];
}

/** Machine, dtype of the weights, engine and versions of the two, where they differ. */
export function environmentDifferences({ reference, candidate }: RunPair): readonly string[] {
  const [a, b] = [reference.manifest.model, candidate.manifest.model];
  const machines = (name: string, pick: (machine: Measured['machines'][number]) => string) => {
    const facts = (run: Measured) => [...new Set(run.machines.map(pick))].sort().join(' and ') || 'unknown';
    return [name, facts(reference), facts(candidate)] as const;
  };
  const compared = [
    ['dtype', heldIn(reference.manifest), heldIn(candidate.manifest)] as const,
    ['device', deviceOf(a), deviceOf(b)] as const,
    ['engine', a.engine, b.engine] as const,
    machines('processor', ({ cpu, platform }) => `${cpu}, ${platform}`),
    machines('Node', ({ node }) => node),
    machines('bench', ({ bench }) => bench),
  ];
  return compared.flatMap(([name, left, right]) =>
    left === right ? [] : [`other ${name} than the baseline: ${right} instead of ${left}`],
  );
}

function missingItems(reference: Measured, candidate: Measured): string | null {
  const { complete, items, expectedItems } = candidate.summary;
  if (!complete) return `the candidate has ${items} of ${expectedItems} items; repeat its bench run command`;
  const there = new Set(candidate.items.map(({ id }) => id));
  const missing = reference.items.filter(({ id }) => !there.has(id)).length;
  return missing === 0
    ? null
    : `${missing} of ${reference.items.length} items of the baseline are not in the candidate`;
}

const ratio = (value: number, other: number): number | null =>
  other > 0 && Number.isFinite(value) ? value / other : null;
