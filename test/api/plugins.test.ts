/** Tasks from outside: found, checked, scored like those of the package, and named in the provenance of their runs. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineEngine, definePlugin, run } from '../../src/api.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { addPlugin, loadPlugins } from '../../src/plugins.ts';
import { testTask } from '../kit/index.ts';
import { capitals, plugin } from './plugin/capitals.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugins-'));
});
afterAll(() => rm(folder, { recursive: true }));

testTask(capitals, { describe, it });

it('scores the task of a plugin, and says which plugin it was', async () => {
  addPlugin(plugin, 'capitals.ts', '0123456789abcdef');
  const [scored] = await run({ models: ['random-gpt2'], tasks: ['capitals'], plugins: [plugin], out: folder });
  expect(scored?.manifest).toMatchObject({
    task: { name: 'capitals', version: 1 },
    dataset: { source: 'capitals/jsonl' },
  });
  expect(scored?.records.map(({ id }) => id)).toEqual(['france', 'japan', 'kenya', 'peru']);
  const environment = JSON.parse(await readFile(join(scored?.folder ?? '', 'environment.json'), 'utf8'));
  expect(environment.sessions[0].machine.plugins).toEqual({ capitals: '1.0.0 sha256:0123456789abcdef' });
});

it('computes on the engine of a plugin', async () => {
  const engine = defineEngine({ name: 'slow', open: async () => ({ ...referenceEngine(), name: 'slow 1' }) });
  const plugins = [definePlugin({ name: 'slow', engines: [engine] })];
  const settings = { models: ['random-gpt2'], tasks: ['piqa'], limit: 1, fixtures: true, out: join(folder, 'slow') };
  const [slow] = await run({ ...settings, plugins, engine: 'slow' });
  expect(slow?.manifest.model.engine).toMatch(/^slow 1/);
  expect(() => addPlugin({ name: 'again', engines: [engine] }, 'again.js')).toThrow(
    'again.js: expected a name that is free, found: engine slow exists already',
  );
  await expect(run({ ...settings, engine: 'fast' })).rejects.toThrow(
    'engine: expected onnx, tfjs or reference, found "fast"',
  );
});

describe('a plugin is refused in one sentence', () => {
  const module = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return loadPlugins([join(folder, name)]);
  };

  it('where there is none', async () => {
    await expect(loadPlugins(['./nowhere.js'])).rejects.toMatchObject({
      message: 'plugin ./nowhere.js: expected a file, found none',
      hint: expect.stringContaining('paths are taken from the working directory, /'),
    });
    await expect(loadPlugins(['no-such-package'])).rejects.toThrow(/no-such-package: expected an installed package/);
  });

  it('where the module does not export it, or does not parse', async () => {
    await expect(module('empty.mjs', '')).rejects.toThrow(/empty\.mjs: expected an export called plugin, found none/);
    await expect(module('broken.mjs', 'export const plugin = {')).rejects.toThrow(
      /expected a module that can be imported/,
    );
    await expect(module('lacks.mjs', "import 'no-such-package';")).rejects.toMatchObject({
      hint: 'npm install no-such-package, in the folder of the plugin',
    });
  });

  it('where it has another shape', () => {
    expect(() => addPlugin({ name: 'x', taks: [] }, 'x.js')).toThrow(/x\.js: plugin: expected no key taks/);
    expect(() => addPlugin({ name: 'x', tasks: [{ ...capitals, version: 'one' }] }, 'x.js')).toThrow(
      'x.js: plugin.tasks.0.version: expected a whole number from 1, found "one"',
    );
    expect(() => addPlugin({ name: 'x', tasks: [{ ...capitals, score: 1 }] }, 'x.js')).toThrow(
      'x.js: plugin.tasks.0.score: expected a function, found 1',
    );
  });

  it('where a task has a chance that is no share, or a field that tasks do not have', () => {
    const task = (changes: object) => () => addPlugin({ name: 'x', tasks: [{ ...capitals, ...changes }] }, 'x.js');
    for (const chance of [50, -0.1, Number.NaN]) {
      expect(task({ chance })).toThrow(
        /^x\.js: plugin\.tasks\.0\.chance: expected a share from 0 to 1, or null, found /,
      );
    }
    expect(task({ flavour: 3 })).toThrow(/^x\.js: plugin\.tasks\.0: expected no key flavour$/);
    const canonical = { ...capitals.protocols.canonical, fewshot: {} };
    expect(task({ protocols: { canonical } })).toThrow(
      /^x\.js: plugin\.tasks\.0\.protocols\.canonical: expected no key fewshot$/,
    );
  });

  it('where a protocol is not known, or a part is no function', () => {
    const protocols = { ...capitals.protocols, cannonical: capitals.protocols.canonical };
    expect(() => addPlugin({ name: 'x', tasks: [{ ...capitals, protocols }] }, 'x.js')).toThrow(
      /^x\.js: plugin\.tasks\.0\.protocols: expected no key cannonical$/,
    );
    expect(() => addPlugin({ name: 'x', tasks: [{ ...capitals, cluster: 'problem' }] }, 'x.js')).toThrow(
      'x.js: plugin.tasks.0.cluster: expected a function, found "problem"',
    );
    expect(() => addPlugin({ name: 'x', formats: [{ name: 'mine' }] }, 'x.js')).toThrow(
      /plugin\.formats\.0: expected a format: a name, and read or suffix and readFile/,
    );
  });

  it('where a name is taken', () => {
    const second = { name: 'second', tasks: [{ ...capitals, name: 'piqa' }] };
    expect(() => addPlugin(second, 'y.js')).toThrow('y.js: expected a name that is free, found a second task piqa');
    expect(() => addPlugin({ ...plugin, tasks: [] }, 'z.js')).toThrow(
      'z.js: expected a plugin of another name, found a second capitals',
    );
    const metrics = (higherIsBetter: boolean) => ({
      edits: { description: 'letters', unit: 'number', higherIsBetter },
    });
    const named = (name: string, higher: boolean) => ({
      name,
      tasks: [{ ...capitals, name, metrics: metrics(higher) }],
    });
    addPlugin(named('edits-one', false), 'one.js');
    expect(() => addPlugin(named('edits-two', true), 'two.js')).toThrow(
      'two.js: expected a name that is free, found: a second metric edits, which says letters',
    );
  });

  it.skipIf(Boolean((process.features as { typescript?: unknown }).typescript))(
    'where it is TypeScript and Node cannot read types',
    () =>
      expect(loadPlugins(['test/api/plugin/capitals.ts'])).rejects.toThrow(
        /expected Node 22\.18 or newer for TypeScript, found v20/,
      ),
  );
});
