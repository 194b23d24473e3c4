import { expect, it } from 'vitest';
import { scriptedRun } from '../../test/scripted/scripted-run.ts';
import { planRun } from './plan.ts';

const { manifest, examples } = scriptedRun({ rows: 10 });
const indices = (units: ReturnType<typeof planRun>) => units.map(({ items }) => items.map(({ index }) => index));

it('cuts the items into units of consecutive items', () => {
  expect(indices(planRun(manifest, examples, { unitSize: 4, order: 'dataset' }))).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ]);
});

it('shuffles by the seed of the run: every item once, always the same order', () => {
  const options = { unitSize: 3, order: 'shuffled' } as const;
  const order = indices(planRun(manifest, examples, options)).flat();
  expect(order).not.toEqual([...Array(10).keys()]);
  expect(order.toSorted((a, b) => a - b)).toEqual([...Array(10).keys()]);
  expect(indices(planRun(manifest, examples, options)).flat()).toEqual(order);
  const other = { ...manifest, settings: { ...manifest.settings, seed: 1 } };
  expect(indices(planRun(other, examples, options)).flat()).not.toEqual(order);
});

it('refuses items that are not those of the manifest', () => {
  const options = { unitSize: 4, order: 'dataset' } as const;
  expect(() => planRun(manifest, examples.slice(1), options)).toThrow('expected 10 items as the manifest says, got 9');
  const twice = examples.map((example) => ({ ...example, id: example.index < 2 ? 'same' : example.id }));
  expect(() => planRun(manifest, twice, options)).toThrow(
    'task scripted: expected an id of its own for each row, found "same" for rows 1 and 2, counted from 1',
  );
  expect(() => planRun(manifest, examples.toReversed(), options)).toThrow('item row-8 has index 8 after index 9');
});

it('refuses a unit of no items', () => {
  expect(() => planRun(manifest, examples, { unitSize: 0, order: 'dataset' })).toThrow('unit size 0, expected >= 1');
});
