/** The published tables against the tasks and models of the program: a name that nothing has would leave its cells empty for good. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { taskNamed } from '../../../tasks/index.ts';
import { PUBLISHED_TABLES } from './index.ts';
import { QUIRKS } from './quirks.ts';

const CATALOG: { readonly models: Readonly<Record<string, { readonly family: string }>> } = JSON.parse(
  readFileSync(new URL('../../../models/catalog.json', import.meta.url), 'utf8'),
);

it('columns and quirks name tasks that are there', () => {
  const columns = PUBLISHED_TABLES.flatMap(({ columns }) => columns.flatMap(({ tasks }) => tasks));
  const names = [...columns, ...QUIRKS.flatMap(({ tasks }) => tasks)];
  expect(names.length).toBeGreaterThan(20);
  expect([...new Set(names)].filter((name) => taskNamed(name) === undefined)).toEqual([]);
});

it('rows name models of the catalog, and state T where these are diffusion models, which is how cells tell families apart', () => {
  const rows = PUBLISHED_TABLES.flatMap(({ rows }) => rows).filter(({ model }) => model !== null);
  expect(rows.length).toBeGreaterThan(10);
  const familyOf = (model: string | null) => CATALOG.models[model ?? '']?.family;
  expect(rows.filter(({ model }) => familyOf(model) === undefined).map(({ model }) => model)).toEqual([]);
  const wrong = rows.filter(
    ({ model, steps }) => familyOf(model) === (steps === null ? 'diffusion' : 'autoregressive'),
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
