import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scriptedMeasured } from '../../../test/scripted/scripted-measured.ts';
import { loadConfig } from '../../commands/gate/load-config.ts';
import { HarnessError } from '../../core/errors.ts';
import { configJsonSchema } from '../judge/gate-schema.ts';
import { baselineText, parseBaseline } from './baseline.ts';
import type { Measured } from './measured.ts';

const NONE = () => ({ ranking: null, metric: null });
const run = scriptedMeasured({ values: { acc: [1, 0, null, 1], goldNats: [1.25, 0.1, null, 3] } });
const text = baselineText([run], { blessed: '2026-01-01T00:00:00.000Z', bench: '0.1.0', gitRevision: null });

const unsealed = text.replace(/"sha256": "\w+",\n/, '');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-baseline-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('comes back as it was blessed, without its noise', () => {
  const [back] = parseBaseline(text, 'b.json', NONE);
  expect(back?.items).toEqual(run.items.map((item) => ({ ...item, noise: null })));
  expect(back).toMatchObject({ source: 'b.json', isBaseline: true, manifest: run.manifest, machines: run.machines });
  expect(text).toContain('"acc": "10-1"');
  expect(text).toContain('"goldNats": [1.25,0.1,null,3]');
});

it('keeps clusters with where they are from, and finds those of a file without them in its ids', () => {
  const values = { acc: [1, 0, 1] };
  const provenance = { blessed: '2026-01-01T00:00:00.000Z', bench: '0.1.0', gitRevision: null };
  const again = (each: Measured) => parseBaseline(baselineText([each], provenance), 'b.json', NONE)[0] as Measured;
  const named = scriptedMeasured({ values, clusters: ['a', 'a', 'b'] });
  expect(again(named)).toMatchObject({
    clusters: 'stored',
    items: named.items.map(({ id, cluster }) => ({ id, cluster })),
  });
  expect(again({ ...named, clusters: 'pattern' }).clusters).toBe('pattern');
  const asked = scriptedMeasured({ values });
  expect(again({ ...asked, clusters: 'none' }).clusters).toBe('none');
  expect(again(asked)).toMatchObject({ clusters: 'independent' });
  expect(baselineText([asked], provenance)).not.toContain('clusters');
  const ids = ['L0', 'L1', 'L2'].map((line) => `SingleLineInfilling/HumanEval/7/${line}`);
  const infill = { ...asked, items: asked.items.map((item, i) => ({ ...item, id: ids[i] as string })) };
  expect(again(infill)).toMatchObject({ clusters: 'id', items: Array(3).fill({ cluster: 'HumanEval/7' }) });
  const short = baselineText([named], provenance)
    .replace(/"sha256": "\w+",\n/, '')
    .replace('["a","a","b"]', '["a","a"]');
  expect(() => parseBaseline(short, 'b.json', NONE)).toThrow('b.json is damaged: it has 2 clusters for 3 items');
});

it('is refused where a value was changed, by its seal, and without one by its own summary', () => {
  const values = { acc: [1, 0, 1], goldNats: [1.25, 0.1, 3] };
  const summed = scriptedMeasured({ values });
  const estimate = { value: 2 / 3, low: 0.2, high: 0.9, confidence: 0.95, stderr: 0.3, n: 3, unscored: 0, method: 'm' };
  const run = { ...summed, summary: { ...summed.summary, metrics: { acc: estimate } } };
  const whole = baselineText([run], { blessed: '2026-01-01T00:00:00.000Z', bench: '0.1.0', gitRevision: null });
  const unsealed = whole.replace(/"sha256": "\w+",\n/, '');
  const read = (content: string) => () => parseBaseline(content, 'b.json', NONE);
  expect(read(unsealed)()).toEqual(read(whole)());
  for (const [from, to] of [
    ['"101"', '"111"'],
    ['[1.25,', '[1.26,'],
    ['"seconds": 1', '"seconds": 2'],
    ['2026-01-01', '2026-01-02'],
  ] as const) {
    expect(whole).toContain(from);
    expect(read(whole.replace(from, to))).toThrow('b.json is damaged: its content is not what its sha256 says');
  }
  expect(read(unsealed.replace('"101"', '"111"'))).toThrow(
    'b.json is damaged: acc of piqa has mean 1 over 3 items, its summary says 0.6666666666666666 over 3',
  );
});

it.each([
  ['what is not JSON', 'no', 'b.json is damaged: it is not JSON'],
  [
    'a file of another kind',
    '{"format":"bench-runs/1"}',
    'expected a baseline of format "bench-baseline/1", found format "bench-runs/1"',
  ],
  ['a file without a format', '[]', 'expected a baseline of format "bench-baseline/1", found none'],
  [
    'a file of a newer version',
    text.replace('bench-baseline/1', 'bench-baseline/2'),
    'found format "bench-baseline/2"',
  ],
  ['a missing value', unsealed.replace('"10-1"', '"10-"'), 'b.json is damaged: acc has 3 values for 4 items'],
  [
    'another manifest',
    unsealed.replace('"seed":0', '"seed":7'),
    'b.json is damaged: the manifest of piqa is not that of run',
  ],
  ['an unknown field', text.replace('"seconds"', '"second"'), 'b.json is damaged'],
])('refuses %s', (_what, content, message) => {
  expect(() => parseBaseline(content, 'b.json', NONE)).toThrow(message);
  expect(() => parseBaseline(content, 'b.json', NONE)).toThrow(HarnessError);
});

async function config(name: string, content: string) {
  const path = join(folder, name);
  await writeFile(path, content);
  return loadConfig(path);
}

it('is judged by a configuration in JSON, JavaScript or TypeScript', async () => {
  const rules = { gate: { alpha: 0.01, tasks: { piqa: { margin: 0.05 } } } };
  expect(await config('a.json', JSON.stringify(rules))).toEqual(rules);
  expect(await config('bench.config.ts', `export default ${JSON.stringify(rules)};`)).toEqual(rules);
  expect(await config('named.ts', `export const config = ${JSON.stringify(rules)};`)).toEqual(rules);
});

it.each([
  ['an unknown section', '{"gates": {}}', 'unknown key "gates"', 'did you mean "gate"?'],
  ['an unknown key', '{"gate": {"alhpa": 0.1}}', 'unknown key "gate.alhpa"', 'did you mean "alpha"?'],
  [
    'an unknown key of a task',
    '{"gate": {"tasks": {"piqa": {"margn": 1}}}}',
    'unknown key "gate.tasks.piqa.margn"',
    'did you mean "margin"?',
  ],
  [
    'an unknown key of a metric',
    '{"gate": {"tasks": {"piqa": {"metrics": {"acc": {"tset": "t"}}}}}}',
    'unknown key "gate.tasks.piqa.metrics.acc.tset"',
    'did you mean "test"?',
  ],
  [
    'an unknown guard',
    '{"gate": {"guards": {"unscord": 1}}}',
    'unknown key "gate.guards.unscord"',
    'did you mean "unscored"?',
  ],
])('refuses %s with the nearest one', async (_what, content, message, hint) => {
  const error = await config('a.json', content).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(HarnessError);
  expect((error as HarnessError).message).toContain(message);
  expect((error as HarnessError).hint).toBe(hint);
});

it.each([
  [
    'a margin of nothing',
    'a.json',
    '{"gate": {"defaults": {"margin": 0}}}',
    'gate.defaults.margin: Too small: expected number to be >0, found 0',
  ],
  [
    'an alpha in percent',
    'a.json',
    '{"gate": {"alpha": 5}}',
    'gate.alpha: Too big: expected number to be <0.5, found 5',
  ],
  [
    'one metric beside several',
    'a.json',
    '{"gate": {"tasks": {"piqa": {"metric": "acc", "metrics": {"nll": {}}}}}}',
    'gate.tasks.piqa: expected metric or metrics, not both, found {"metric":"acc","metrics":{"nll":{}}}',
  ],
  [
    'several metrics that are none',
    'a.json',
    '{"gate": {"defaults": {"metrics": {}}}}',
    'gate.defaults.metrics: expected at least one metric, found {}',
  ],
  ['what is not JSON', 'a.json', '{', 'is not JSON'],
  ['a module that exports nothing', 'a.ts', 'const a = 1;', 'expected a configuration in its export config or default'],
  ['a module that does not parse', 'a.ts', 'export default {', 'cannot be imported'],
])('refuses %s', async (_what, name, content, message) => {
  await expect(config(name, content)).rejects.toThrow(message);
});

it('has a published schema that is current (else: npm run config-schema)', () => {
  const file = new URL('../../../bench.config.schema.json', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(configJsonSchema());
});
