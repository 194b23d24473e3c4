/** What plugins bring besides tasks: formats of weights, engines by flag, pinned data; and every verb over the task of one. */
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  ablate,
  compare,
  defineArchitecture,
  defineEngine,
  defineFormat,
  definePlugin,
  explain,
  run,
  sweep,
} from '../../src/api.ts';
import type { ArchitectureKind } from '../../src/architectures/architecture.ts';
import { gpt2 } from '../../src/architectures/gpt2.ts';
import { readSafetensorsHeader } from '../../src/checkpoints/formats/safetensors.ts';
import { lockedSource, sourceNames } from '../../src/datasets/lock.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { RUN_OPTIONS } from '../../src/evaluate/options.ts';
import { isFile } from '../../src/files/file-bytes.ts';
import { packageRoot } from '../../src/files/package-root.ts';
import { optionsOf } from '../../src/options/read-options.ts';
import { addPlugin } from '../../src/plugins.ts';
import { capitals, plugin } from './plugin/capitals.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugin-kinds-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('reads weights in the format of a plugin, to the same numbers', async () => {
  const format = defineFormat({
    name: 'renamed',
    async read(at) {
      const source = join(at, 'weights.renamed');
      if (!(await isFile(source))) return null;
      const { tensors } = await readSafetensorsHeader(source);
      return { source, tensors, aliases: new Map() };
    },
  });
  const model = join(folder, 'random-gpt2');
  await cp(join(packageRoot(), 'models', 'random-gpt2'), model, { recursive: true });
  await rename(join(model, 'model.safetensors'), join(model, 'weights.renamed'));
  const settings = { tasks: ['piqa'], limit: 2, fixtures: true, out: join(folder, 'format') };
  await expect(run({ ...settings, models: [model] })).rejects.toThrow(/no weights/);
  const [outside] = await run({ ...settings, models: [model], plugins: [{ name: 'renamed', formats: [format] }] });
  const [own] = await run({ ...settings, models: ['random-gpt2'] });
  expect(outside?.records).toEqual(own?.records);
});

it('opens and computes an architecture of a plugin', async () => {
  // GPT-2 under another name.
  const known = gpt2 as unknown as ArchitectureKind;
  const kind = 'from-outside';
  const configuration: ArchitectureKind['configuration'] = (...read) => ({ ...known.configuration(...read), kind });
  const architecture = defineArchitecture({ ...known, kind, configuration });
  const model = join(folder, 'outside');
  await cp(join(packageRoot(), 'models', 'random-gpt2'), model, { recursive: true });
  const config = JSON.parse(await readFile(join(model, 'config.json'), 'utf8'));
  await writeFile(join(model, 'config.json'), JSON.stringify({ ...config, model_type: kind }));
  const settings = { models: [model], tasks: ['piqa'], limit: 2, fixtures: true, out: join(folder, 'architecture') };
  await expect(run(settings)).rejects.toThrow(/model_type "from-outside"/);
  const [outside] = await run({
    ...settings,
    plugins: [definePlugin({ name: 'outside', architectures: [architecture] })],
  });
  expect(outside?.manifest.model.architecture).toBe(kind);
  const [own] = await run({ ...settings, models: ['random-gpt2'] });
  expect(outside?.records).toEqual(own?.records);
});

it('offers the engine of a plugin as --engine NAME', () => {
  const given = { models: 'random-gpt2', engine: 'flagged' };
  expect(() => optionsOf(RUN_OPTIONS, given)).toThrow(/--engine: expected onnx, tfjs or reference/);
  const engine = defineEngine({ name: 'flagged', open: async () => referenceEngine() });
  addPlugin(definePlugin({ name: 'flagged', engines: [engine] }), 'flagged.js');
  expect(optionsOf(RUN_OPTIONS, given).engine).toBe('flagged');
});

it('knows the data of a plugin by its entry of a lock, and refuses another shape or a second one', () => {
  const entry = { ...lockedSource('piqa/jsonl'), origin: 'a test' };
  addPlugin({ name: 'data', data: { 'made-up/jsonl': entry } }, 'data.js');
  expect(lockedSource('made-up/jsonl').origin).toBe('a test');
  expect(sourceNames('made-up')).toEqual(['made-up/jsonl']);
  const again = { name: 'more-data', data: { 'piqa/jsonl': entry } };
  expect(() => addPlugin(again, 'more.js')).toThrow('expected a name that is free, found a second data source piqa');
  const wrong = { name: 'wrong-data', data: { 'wrong/jsonl': { rows: 1 } } };
  expect(() => addPlugin(wrong, 'wrong.js')).toThrow(/wrong\/jsonl/);
});

it('sweeps, ablates, explains and compares on the task of a plugin', async () => {
  const common = { tasks: ['capitals'], limit: 3, plugins: [plugin] };
  const settings = { ...common, models: ['random-diffugpt'], passes: 5, out: join(folder, 'diffusion') };
  expect((await sweep({ ...settings, steps: [1, 2] })).sweeps).toMatchObject([{ task: 'capitals' }]);
  expect((await ablate({ ...settings, attention: [0, 1], shift: [true] })).ablations).toHaveLength(1);
  const out = join(folder, 'two');
  await run({ ...common, models: ['random-gpt2', 'tiny-gpt2'], out });
  const { rows } = await compare(out, null, { models: ['random-gpt2', 'tiny-gpt2'] });
  expect(rows.map(({ task, metric }) => [task, metric])).toContainEqual(['capitals', 'acc']);
  // Without a wording `paper` there is nothing that could differ from `canonical`.
  await expect(explain(settings)).rejects.toThrow(/capitals/);
  const protocols = { ...capitals.protocols, paper: capitals.protocols.canonical } as typeof capitals.protocols;
  const both = definePlugin({ name: 'both', tasks: [{ ...capitals, name: 'capitals-both', protocols }] });
  const { explanations } = await explain({ ...settings, tasks: ['capitals-both'], plugins: [both] });
  expect(explanations).toMatchObject([{ task: 'capitals-both', items: 3 }]);
});
