/** Who sees whom in a sequence, and how few rows a program is given. */
import type { fillBias } from '../../architectures/attention-bias.ts';
import type { AttentionPattern } from './sequence.ts';

/** Matrix kernels treat one or few rows apart from many; smaller batches are filled up with copies of the first row. */
export const LEAST_ROWS = 16;

type Visibility = Parameters<typeof fillBias>[3];

/** How far each query of a sequence sees. */
export function visibility(attention: AttentionPattern, length: number): Visibility {
  switch (attention.kind) {
    case 'causal':
      return (query, open) => open(0, query + 1);
    case 'full':
      return (_, open) => open(0, length);
    case 'blocks': {
      const size = attention.length;
      return (query, open) => open(0, Math.min(length, (Math.floor(query / size) + 1) * size));
    }
    case 'branches': {
      const starts: number[] = [];
      let start = attention.prefix;
      for (const branch of attention.branches) {
        for (let i = 0; i < branch; i++) starts.push(start);
        start += branch;
      }
      return (query, open) => {
        open(0, Math.min(query + 1, attention.prefix));
        if (query >= attention.prefix) open(starts[query - attention.prefix] as number, query + 1);
      };
    }
    case 'matrix':
      return (query, open) => {
        for (let key = 0; key < length; key++) if (attention.open[query * length + key] === 1) open(key, key + 1);
      };
    default:
      return attention satisfies never;
  }
}

export function total<Item>(items: readonly Item[], count: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + count(item), 0);
}
