import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { responseSchema } from './response.ts';
import { scoreSchema } from './score.ts';

/** The stored result of one item. Nothing in it depends on time, machine load or the other items. */
export const recordSchema = z.strictObject({
  id: z.string(),
  index: z.int().nonnegative(),
  /** Items with the same name belong together, such as holes of one program; of no item where the task names no clusters, as of old runs. */
  cluster: z.string().exactOptional(),
  score: scoreSchema,
  response: responseSchema,
});

export type ItemRecord = DeepReadonly<z.infer<typeof recordSchema>>;

/**
 * What an item computed again is held against: a record of the time before clusters were named, before likelihoods stood beside
 * their bounds, or before the passes of brackets were counted, is equal to one that has them.
 */
export function asStored(again: ItemRecord, stored: ItemRecord): ItemRecord {
  const record = withoutUncounted(hasExact(stored) ? again : withoutExact(again), stored);
  if (stored.cluster !== undefined) return record;
  const { cluster: _name, ...others } = record;
  return others;
}

const EXACT_QUANTITY = /^(marginal|likelihood@\d+)/;
const EXACT_METRIC = /^(marginal|likelihood@|slack|exactBitsPerByte|accExact|accLikelihood@)/;

const hasExact = ({ response }: ItemRecord): boolean =>
  response.kind === 'answered' &&
  Object.values(response.views).some(({ alternatives }) =>
    alternatives.some(({ quantities }) => 'marginal' in quantities),
  );

function withoutUncounted(record: ItemRecord, stored: ItemRecord): ItemRecord {
  if (record.response.kind !== 'answered') return record;
  const { bracketNfe, ...response } = record.response;
  if (bracketNfe === undefined || 'bracketNfe' in stored.response) return record;
  return { ...record, response };
}

function withoutExact(record: ItemRecord): ItemRecord {
  const { response, score } = record;
  if (response.kind !== 'answered') return record;
  const views = Object.entries(response.views).map(([name, { alternatives, rankings, ...others }]) => {
    const bounds = alternatives.map((each) => ({ ...each, quantities: without(each.quantities, EXACT_QUANTITY) }));
    return [name, { ...others, alternatives: bounds, rankings: without(rankings, EXACT_QUANTITY) }];
  });
  return {
    ...record,
    response: { ...response, views: Object.fromEntries(views) },
    score: score.kind === 'scored' ? { ...score, values: without(score.values, EXACT_METRIC) } : score,
  };
}

const without = <Values extends object>(values: Values, names: RegExp): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.test(name))) as Values;
