import type { ItemRecord } from '../core/record.ts';
import type { AlternativeScore } from '../core/response.ts';

/**
 * A record without what no report reads, so that long runs fit in memory: e(k), and the log-probabilities of tokens but where one
 * answer alone was scored.
 */
export function reportedPart(record: ItemRecord): ItemRecord {
  const { response } = record;
  if (response.kind !== 'answered') return record;
  const views = Object.entries(response.views).map(([name, { alternatives, rankings }]) => {
    const part = alternatives.length === 1 ? withoutCosts : withoutTokens;
    return [name, { alternatives: alternatives.map(part), rankings }] as const;
  });
  return { ...record, response: { ...response, views: Object.fromEntries(views) } };
}

function withoutCosts({ maskedCrossEntropy: _, ...rest }: AlternativeScore): AlternativeScore {
  return rest;
}

function withoutTokens({ maskedCrossEntropy: _, tokenLogprobs: __, ...rest }: AlternativeScore): AlternativeScore {
  return rest;
}
