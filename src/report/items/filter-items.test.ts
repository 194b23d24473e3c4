import { describe, expect, it } from 'vitest';
import { type Filter, filterItems, itemLink, itemOfLink } from './filter-items.ts';
import type { SampleIndex, SampleModel } from './sample-data.ts';

const model = (name: string, outcomes: string, traced: readonly number[] = []): SampleModel => ({
  name,
  shown: name,
  family: 'diffusion',
  outcomes,
  ranked: null,
  traced,
  tracedInStore: traced.length,
});
const set = { protocol: 'canonical', source: 'fixture', hasText: true, writes: false };
const index: SampleIndex = {
  chunkItems: 128,
  models: ['x', 'y'],
  shown: ['x', 'y'],
  sets: [
    {
      ...set,
      key: 'aa',
      task: 'piqa',
      ids: ['0', '1', '2', 'odd /?#%é\ud800', '4', '5', '6'],
      models: [model('x', 'RRWrwU-', [4]), model('y', 'RWWWPWN')],
    },
    { ...set, key: 'bb', task: 'siqa', ids: ['0'], models: [model('y', 'R')] },
  ],
};
const all: Filter = { set: '', shown: 'all', a: 'x', b: 'y' };
const rows = (filter: Partial<Filter>) =>
  filterItems(index, { ...all, ...filter }).map(({ set, row }) => `${set}:${row}`);

describe('filterItems', () => {
  it('shows all items, or those of one task', () => {
    expect(rows({})).toHaveLength(8);
    expect(rows({ set: 'bb' })).toEqual(['1:0']);
  });

  it.each([
    ['right in x, wrong or partly right in y', { shown: 'gained' }, ['0:1', '0:3']],
    ['right in y, wrong in x', { shown: 'gained', a: 'y', b: 'x' }, []],
    ['right in one model and not itself', { shown: 'gained', a: 'x', b: 'x' }, []],
    ['right in all', { shown: 'agree-right' }, ['0:0', '1:0']],
    ['wrong in all', { shown: 'agree-wrong' }, ['0:2']],
    ['undecided in any', { shown: 'undecided' }, ['0:3', '0:4']],
    ['unscored in any', { shown: 'unscored' }, ['0:5']],
    ['traced', { shown: 'traced' }, ['0:4']],
  ] as const)('finds what is %s', (_name, filter, expected) => {
    expect(rows(filter)).toEqual(expected);
  });
});

describe('links', () => {
  it('lead back to their item, whatever its id', () => {
    const [first] = index.sets;
    if (first === undefined) throw new TypeError('no set');
    for (const row of first.ids.keys()) expect(itemOfLink(index, itemLink(first, row))).toEqual({ set: 0, row });
    expect(itemLink(first, 3)).toMatch(/^#item\/aa\/[\w%.~-]+$/);
  });

  it.each(['', '#results', '#item/zz/0', '#item/aa/nothing', '#item/aa/%E0%A4%A', '#item/cc/0'])(
    'to no item of the page lead nowhere: %s',
    (hash) => expect(itemOfLink(index, hash)).toBeNull(),
  );
});
