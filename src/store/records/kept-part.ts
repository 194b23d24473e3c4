/** Less of a record, so that long runs fit in memory: what is stored for each token takes most of it. */
import type { ItemRecord } from '../../core/record.ts';
import type { AlternativeScore, ViewResponse } from '../../core/response.ts';

/** What sums over a run read: scores, and what responses took. */
export function summedPart(record: ItemRecord): ItemRecord {
  const { response } = record;
  return response.kind === 'unanswered' ? record : { ...record, response: { ...response, views: {} } };
}

/** What tables of runs read: no log-probabilities, no e(k). */
export const tabledPart = (record: ItemRecord): ItemRecord => withAlternatives(record, withoutTokens);

/** What comparisons read: no log-probabilities, no e(k), no written texts. */
export function comparedPart(record: ItemRecord): ItemRecord {
  const { response } = record;
  if (response.kind === 'written') return { ...record, response: { ...response, views: {} } };
  return tabledPart(record);
}

/**
 * What tables, curves and lanes of the report read: no e(k), scores of the right alternative only, and log-probabilities only where
 * one answer alone was scored. The sample browser shows more: `sampleAnswer` takes it from the whole record.
 */
export function reportedPart(record: ItemRecord): ItemRecord {
  const gold = record.score.kind === 'scored' ? record.score.gold : null;
  return withAlternatives(record, (alternative, at, { length }) => {
    const { quantities, ...part } = withoutTokens(alternative);
    const { tokenLogprobs } = alternative;
    return {
      ...part,
      quantities: at === gold ? quantities : {},
      ...(length === 1 && tokenLogprobs !== undefined ? { tokenLogprobs } : {}),
    };
  });
}

function withAlternatives(
  record: ItemRecord,
  part: (alternative: AlternativeScore, at: number, all: ViewResponse['alternatives']) => AlternativeScore,
): ItemRecord {
  const { response } = record;
  if (response.kind !== 'answered') return record;
  const views = Object.entries(response.views).map(([name, { alternatives, rankings }]) => {
    return [name, { alternatives: alternatives.map(part), rankings }] as const;
  });
  return { ...record, response: { ...response, views: Object.fromEntries(views) } };
}

function withoutTokens({ tokens, crossing, quantities, exact, greedy }: AlternativeScore): AlternativeScore {
  return { tokens, crossing, quantities, exact, greedy };
}
