/** Every adapter of golden-formats, merged into its base: weights, log-probabilities, and what must be refused. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kindOf, publishedName } from '../../../src/architectures/index.ts';
import { readTensor } from '../../../src/checkpoints/formats/tensor-values.ts';
import { openCheckpoint, openModel } from '../../../src/checkpoints/open.ts';
import { verb as score } from '../../../src/commands/score/score.ts';
import { settled } from '../../../src/commands/shell/command-line.ts';
import { recordingIo } from '../../end-to-end/recording-io.ts';
import {
  at,
  ENGINES,
  expectRefusal,
  type GoldenForward,
  type Refusal,
  readGolden,
  SKIPPED,
  shared,
  worstDifference,
} from './golden-formats.ts';

interface Golden {
  readonly base: string;
  readonly also_for_base?: readonly string[];
  readonly same_values_as?: string;
  /** Published name -> row -> its values. */
  readonly merged_rows: Readonly<Record<string, Readonly<Record<'0', readonly number[]>>>>;
  readonly forward: readonly GoldenForward[];
}

const ADAPTERS = [
  'diffugpt-wrapper',
  'diffullama-gsm-style',
  'gpt2-bias-all',
  'gpt2-bias-lora-only-bin',
  'gpt2-bias-old-names',
  'gpt2-wte-tied',
  'llama-dora',
  'llama-embedding',
  'llama-layers',
  'llama-list',
  'llama-patterns',
  'llama-regex-rslora-bin',
];

function goldenOf(name: string): Golden {
  const golden = readGolden<Golden>('lora', name, 'golden.json');
  return golden.same_values_as === undefined
    ? golden
    : readGolden<Golden>('lora', name, golden.same_values_as, 'golden.json');
}

const base = (name: string) => join(shared ?? '', 'golden', name);
const diffusion = (name: string) => (name.startsWith('diffu') ? ({ family: 'diffusion', maskId: 5 } as const) : {});
const open = (name: string, adapter: string) => openCheckpoint(base(name), diffusion(name), { adapter });

describe.skipIf(shared === null)(`golden adapters (${SKIPPED})`, () => {
  describe.each(ADAPTERS)('%s', (name) => {
    const golden = shared === null ? null : goldenOf(name);
    const bases = golden === null ? [] : [golden.base, ...(golden.also_for_base ?? [])];

    it('gives the merged rows', async () => {
      const { architecture, tensors } = await open(golden?.base ?? '', at('lora', name));
      const { names } = kindOf(architecture);
      for (const [published, { 0: want }] of Object.entries(golden?.merged_rows ?? {})) {
        const tensor = [...tensors.values()].find((each) => publishedName(each.name, names, 'plain') === published);
        const found = tensor === undefined ? [] : [...(await readTensor(tensor))].slice(0, want.length);
        expect(Math.max(...want.map((value, i) => Math.abs(value - (found[i] ?? Number.NaN)))), published).toBeLessThan(
          1e-7,
        );
      }
    });

    it.each(ENGINES)('gives the log-probabilities on $name', async ({ make, tolerance }) => {
      for (const each of bases) {
        const checkpoint = await open(each, at('lora', name));
        expect(await worstDifference(await make(), checkpoint, golden?.forward ?? []), each).toBeLessThan(tolerance);
      }
    });
  });

  it.each(shared === null ? [] : readGolden<{ refuse: readonly Refusal[] }>('lora', 'refuse', 'golden.json').refuse)(
    'refuses $folder: $why',
    async ({ folder = '' }) => {
      const attempt = open('llama-tiny-ar', at('lora', 'refuse', folder)).then(({ digest }) => digest());
      await expectRefusal(attempt);
    },
  );

  describe('an adapter folder as a model', () => {
    let parent = '';
    beforeAll(async () => {
      parent = await mkdtemp(join(tmpdir(), 'adapters-'));
    });
    afterAll(() => rm(parent, { recursive: true }));

    it('says how to name its base where that is not on disk', async () => {
      const adapter = at('lora', 'llama-list');
      await expect(openModel(adapter)).rejects.toMatchObject({
        message: `${adapter} is an adapter, and its base "tiny/llama-tiny-ar" is not on disk`,
        hint: `name the base, and the adapter for it: BASE:adapter=${adapter} in --models, or --adapter ${adapter}`,
      });
    });

    it('names its own base where it is put to another, and a folder that is none', async () => {
      await expect(open('gpt2-tiny-ar', at('lora', 'llama-list'))).rejects.toMatchObject({
        hint: 'name the model that it was trained on, which it calls "tiny/llama-tiny-ar"',
      });
      await expect(open('llama-tiny-ar', base('llama-tiny-ar'))).rejects.toMatchObject({
        code: 'missing-checkpoint',
        message: expect.stringContaining('expected the folder of an adapter, found no adapter_config.json in it'),
      });
    });

    it.each(['rank_pattern', 'alpha_pattern'])(
      'with %s that is no regular expression here is refused',
      async (field) => {
        const adapter = join(parent, field);
        await cp(at('lora', 'llama-list'), adapter, { recursive: true });
        const config = readGolden<object>('lora', 'llama-list', 'adapter_config.json');
        const python = { ...config, [field]: { '(?P<name>q_proj)': 4 } };
        await writeFile(join(adapter, 'adapter_config.json'), JSON.stringify(python));
        await expect(open('llama-tiny-ar', adapter)).rejects.toMatchObject({
          code: 'bad-checkpoint',
          message: expect.stringContaining(`${field}: expected regular expressions as keys, found "(?P<name>q_proj)"`),
        });
      },
    );

    it('changes what score answers, beside its base', async () => {
      const [requests, answers] = [join(parent, 'requests.jsonl'), join(parent, 'answers.jsonl')];
      const { forward } = readGolden<Golden>('lora', 'llama-list', 'golden.json');
      const { input_ids: ids = [], target_logprobs_f64: wanted = [] } = forward[0] ?? {};
      const request = { id: 1, kind: 'loglikelihood', context: ids.slice(0, 1), continuation: ids.slice(1) };
      await writeFile(requests, `${JSON.stringify(request)}\n`);
      const flags = { model: base('llama-tiny-ar'), adapter: at('lora', 'llama-list'), out: answers };
      expect(await score.run(await settled(score, flags, [requests]), recordingIo())).toBe(0);
      const { sum } = JSON.parse(await readFile(answers, 'utf8'));
      expect(sum).toBeCloseTo(
        wanted.reduce((total, each) => total + each, 0),
        3,
      );
    });

    it('is the base that it names with the adapter in it', async () => {
      const adapter = join(parent, 'mine');
      await cp(at('lora', 'llama-list'), adapter, { recursive: true });
      await symlink(base('llama-tiny-ar'), join(parent, 'base'));
      const config = { ...readGolden<object>('lora', 'llama-list', 'adapter_config.json') };
      await writeFile(
        join(adapter, 'adapter_config.json'),
        JSON.stringify({ ...config, base_model_name_or_path: join(parent, 'base') }),
      );
      const asModel = await openModel(adapter);
      const beside = await openModel(join(parent, 'base'), { adapter });
      expect([asModel.name, beside.name]).toEqual([adapter, 'base+mine']);
      expect(await asModel.digest()).toBe(await beside.digest());
      expect(await asModel.digest()).not.toBe(await (await openModel(join(parent, 'base'))).digest());
    });
  });
});
