import type { ItemRecord } from '../../core/record.ts';
import type { AlternativeScore, ViewResponse } from '../../core/response.ts';

/** A record without what is stored for each token (log-probabilities, e(k)) and without written texts: comparisons read neither. */
export function withoutTokens(record: ItemRecord): ItemRecord {
  const { response } = record;
  switch (response.kind) {
    case 'answered': {
      const views = Object.entries(response.views).map(([name, view]) => [name, slimView(view)] as const);
      return { ...record, response: { ...response, views: Object.fromEntries(views) } };
    }
    case 'written':
      return { ...record, response: { ...response, views: {} } };
    case 'unanswered':
      return record;
    default:
      return response satisfies never;
  }
}

function slimView({ rankings, alternatives }: ViewResponse): ViewResponse {
  return {
    rankings,
    alternatives: alternatives.map(
      ({ tokens, crossing, quantities, exact, greedy }): AlternativeScore => ({
        tokens,
        crossing,
        quantities,
        exact,
        greedy,
      }),
    ),
  };
}
