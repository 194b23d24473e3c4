/** Functions over stored runs, one example each. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bless, compare, gate, report, run } from '../../src/api.ts';

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'api-stored-'));
  const settings = { tasks: ['piqa'], fixtures: true };
  await run({ ...settings, models: ['random-gpt2', 'tiny-gpt2'], out: join(out, 'runs') });
});
afterAll(() => rm(out, { recursive: true }));

it('compare pairs two models of a folder item by item', async () => {
  const { format, rows } = await compare(join(out, 'runs'), null, { models: ['random-gpt2', 'tiny-gpt2'] });
  expect(format).toBe('bench-comparison/1');
  expect(rows.map(({ task, metric }) => [task, metric])).toContainEqual(['piqa', 'acc']);
});

it('bless makes a baseline, and gate finds no loss against itself', async () => {
  const blessed = await bless(join(out, 'runs'), { models: ['random-gpt2'], name: 'main', out });
  expect(blessed).toMatchObject({ file: join(out, 'main.json'), runs: [{ task: 'piqa', model: 'random-gpt2' }] });
  await bless(join(out, 'runs'), { models: ['random-gpt2'], name: 'same', out });
  const document = await gate(blessed.file, join(out, 'same.json'), { defaults: { margin: 0.5 } });
  expect(document).toMatchObject({ format: 'bench-gate/1', verdict: 'pass', warnings: [] });
  const alone = await gate(blessed.file, join(out, 'same.json'), { defaults: { margin: 0.5 } }, 'none');
  expect(alone.warnings).toEqual(['piqa: items are taken as independent, as --clusters none asks']);
});

it('report gives the document as text', async () => {
  const text = await report({ runs: join(out, 'runs'), format: 'csv' });
  expect(text).toMatch(/random-gpt2/);
  await expect(report({ runs: join(out, 'runs'), format: 'pdf' })).rejects.toThrow(/pdf/);
});
