import { expect, it } from 'vitest';
import { CLUSTER_SOURCES, clusterNote, findClusters, knownClusters, type NamedItem } from './cluster-names.ts';

const items = (...ids: readonly string[]): NamedItem[] => ids.map((id) => ({ id }));
const stored = (...names: readonly (string | undefined)[]): NamedItem[] =>
  names.map((cluster, i) => (cluster === undefined ? { id: `piqa/${i}` } : { id: `piqa/${i}`, cluster }));
const namesOf = ({ items: found }: { readonly items: readonly NamedItem[] }) => found.map(({ cluster }) => cluster);
const find = async (...given: Parameters<typeof findClusters> extends [string, ...infer Rest] ? Rest : never) => {
  const found = await findClusters('piqa', ...given);
  return [found.from, namesOf(found)];
};

it('takes what the records say', async () => {
  const rows = () => Promise.reject(new Error('nobody asks for rows'));
  expect(await find(stored('a', 'a', 'b'), { rows })).toEqual(['stored', ['a', 'a', 'b']]);
});

it('reads the problems of HumanEval off the ids of its sets, and off no others', () => {
  const ids = [
    'SingleLineInfilling/HumanEval/12/L3',
    'MultiLineInfilling/HumanEval/12/L0_L2',
    'RandomSpanInfilling/HumanEval/163/10',
    'RandomSpanInfillingLight/HumanEval/1/1',
    'HumanEval/12',
  ];
  const found = knownClusters(items(...ids));
  expect([found.from, namesOf(found)]).toEqual([
    'id',
    ['HumanEval/12', 'HumanEval/12', 'HumanEval/163', 'HumanEval/1', 'HumanEval/12'],
  ]);
  expect(knownClusters(items(...ids, 'piqa/1')).from).toBe('independent');
  expect(knownClusters(items('SingleLineInfilling/Example/0/L0')).from).toBe('independent');
  expect(knownClusters([]).from).toBe('independent');
});

it('completes a run of which some records have a name: by ids, by rows, else with items that stand alone', async () => {
  const [first, second] = items('SingleLineInfilling/HumanEval/1/L0', 'SingleLineInfilling/HumanEval/1/L1');
  const resumed = [first as NamedItem, { ...second, cluster: 'HumanEval/1' } as NamedItem];
  expect(await find(resumed)).toEqual(['id', ['HumanEval/1', 'HumanEval/1']]);
  const names = new Map([0, 1, 2].map((i) => [`piqa/${i}`, i < 2 ? 'x' : 'y']));
  expect(await find(stored('x', undefined, 'y'), { rows: async () => names })).toEqual(['rows', ['x', 'x', 'y']]);
  expect(await find(stored('x', undefined, 'y'))).toEqual(['independent', ['x', undefined, 'y']]);
});

it('asks for rows where nothing stored says it, and takes them only where they have every item', async () => {
  const of = (...ids: string[]) => ({ rows: async () => new Map(ids.map((id) => [id, 'x'])) });
  expect(await find(items('piqa/0', 'piqa/1'), of('piqa/0', 'piqa/1', 'piqa/2'))).toEqual(['rows', ['x', 'x']]);
  expect((await find(items('piqa/0', 'piqa/3'), of('piqa/0', 'piqa/1')))[0]).toBe('independent');
  expect((await find(items('piqa/0'), { rows: async () => null }))[0]).toBe('independent');
  expect((await find(items('piqa/0'), { ...of('piqa/0'), standAlone: true }))[0]).toBe('alone');
});

it('is overridden by a pattern for ids, or by none', async () => {
  const three = [
    { id: 'a/1', cluster: 'x' },
    { id: 'a/2', cluster: 'x' },
    { id: 'b/1', cluster: 'x' },
  ];
  expect(await find(three, { choice: /^\w/ })).toEqual(['pattern', ['a', 'a', 'b']]);
  expect(await find(three, { choice: 'none' })).toEqual(['none', [undefined, undefined, undefined]]);
  await expect(find(three, { choice: /^a/ })).rejects.toThrow(
    '--clusters: piqa: expected /^a/ to find a cluster in every item id, found none in b/1',
  );
  await expect(find(three, { choice: /\// })).rejects.toThrow(
    'expected /\\// to find two clusters or more, found only /',
  );
});

it('has a sentence for every source but those that need none', () => {
  const silent = CLUSTER_SOURCES.filter((from) => clusterNote(from) === null);
  expect(silent).toEqual(['stored', 'alone']);
});
