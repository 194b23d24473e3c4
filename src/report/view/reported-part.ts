import type { ItemRecord } from '../../core/record.ts';
import type { AlternativeScore } from '../../core/response.ts';

/**
 * A record without what tables, curves and lanes of the report do not read, so that long runs fit in memory: e(k), scores of wrong
 * alternatives, and log-probabilities of tokens but where one answer alone was scored. The sample browser shows more:
 * `sampleAnswer` takes it from the whole record.
 */
export function reportedPart(record: ItemRecord): ItemRecord {
  const { response, score } = record;
  if (response.kind !== 'answered') return record;
  const gold = score.kind === 'scored' ? score.gold : null;
  const views = Object.entries(response.views).map(([name, { alternatives, rankings }]) => {
    const isAlone = alternatives.length === 1;
    const parts = alternatives.map((alternative, at) => partOf(alternative, at === gold, isAlone));
    return [name, { alternatives: parts, rankings }] as const;
  });
  return { ...record, response: { ...response, views: Object.fromEntries(views) } };
}

function partOf(alternative: AlternativeScore, isGold: boolean, isAlone: boolean): AlternativeScore {
  const { tokens, crossing, quantities, tokenLogprobs, exact, greedy } = alternative;
  const part = { tokens, crossing, quantities: isGold ? quantities : {}, exact, greedy };
  return isAlone && tokenLogprobs !== undefined ? { ...part, tokenLogprobs } : part;
}
