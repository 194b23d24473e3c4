import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Given } from '../../options/read-options.ts';
import type { TrainingVerb } from '../../training/start/options.ts';
import { configOf } from '../../training/start/run-record.ts';
import { settled } from '../shell/command-line.ts';
import { TRAINING } from './training-verbs.ts';

const resolveTrainingOptions = (verb: TrainingVerb, flags: Given) => settled(TRAINING[verb], flags);

const folder = mkdtempSync(join(tmpdir(), 'bench-schema-'));
const config = (value: object) => {
  const file = join(folder, `${Math.abs(JSON.stringify(value).length)}.json`);
  writeFileSync(file, JSON.stringify(value));
  return file;
};
const GIVEN = { out: 'o', init: 'base', task: 'pointer-chasing' };

describe('options of training', () => {
  it('have the defaults of their verb', async () => {
    const train = await resolveTrainingOptions('train', { out: 'o', data: 'a.txt,b.jsonl' });
    expect(train).toMatchObject({
      family: 'autoregressive',
      arch: { layers: 3, width: 128 },
      lr: 2e-3,
      annealSteps: 1,
    });
    expect(train.data).toEqual([
      { kind: 'text', path: 'a.txt', weight: 1, length: null },
      { kind: 'pairs', path: 'b.jsonl', layout: 'packed', weight: 1, length: null },
    ]);
    const adapt = await resolveTrainingOptions('adapt', { ...GIVEN, steps: '50' });
    expect(adapt).toMatchObject({ family: 'diffusion', annealSteps: 20, shift: null, loss: 'paper', arch: null });
    const finetune = await resolveTrainingOptions('finetune', { ...GIVEN, 'no-shift': true });
    expect(finetune).toMatchObject({ family: null, annealSteps: 1, shift: false, accuracyRows: 200 });
    expect(finetune.data).toEqual([
      { kind: 'task', task: 'pointer-chasing', settings: {}, layout: 'rows', weight: 1, length: null },
    ]);
  });

  it.each(['train', 'adapt', 'finetune'] as const)(
    'of %s survive being written to a file and read back',
    async (verb) => {
      const flags = {
        ...(verb === 'train' ? { out: 'o', task: 'arithmetic', family: 'diffusion' } : GIVEN),
        betas: '0.9,0.95',
      };
      const options = await resolveTrainingOptions(verb, flags);
      expect(await resolveTrainingOptions(verb, { config: config(configOf(options)), out: 'o' })).toEqual(options);
    },
  );

  it.each<[TrainingVerb, Record<string, unknown>, RegExp]>([
    ['adapt', { out: 'o', task: 'arithmetic' }, /--init: expected a catalog name or a folder, found nothing/],
    ['train', { out: 'o' }, /--data or --task: expected something to learn from/],
    ['train', { out: 'o', task: 'pointer-chase' }, /unknown task "pointer-chase"/],
    ['train', { out: 'o', task: 'arithmetic', arch: '3,128,5,52' }, /--arch: expected a width that the heads divide/],
    ['finetune', { ...GIVEN, arch: '3,128,4,52' }, /--arch: expected only without --init/],
    ['adapt', { ...GIVEN, family: 'ar' }, /adapt makes diffusion models/],
    ['adapt', { ...GIVEN, loss: 'papers' }, /--loss: expected paper or fixed, found "papers"/],
    ['adapt', { ...GIVEN, 'lr-floor': '2' }, /--lr-floor: expected a number from 0 to 1, found "2"/],
    [
      'train',
      { out: 'o', data: [{ kind: 'txt', path: 'a' }] },
      /data\[0\]: expected a kind of text, pairs, task, found "txt"/,
    ],
  ])('of %s refuse %j', async (verb, flags, message) => {
    await expect(resolveTrainingOptions(verb, flags)).rejects.toThrow(message);
  });

  it('name the nearest key of a configuration and of a source', async () => {
    const misspelt = resolveTrainingOptions('adapt', { ...GIVEN, config: config({ 'aneal-steps': 3 }) });
    await expect(misspelt).rejects.toMatchObject({ hint: 'did you mean "anneal-steps"?' });
    const source = resolveTrainingOptions('train', { out: 'o', data: [{ kind: 'text', path: 'a', wieght: 2 }] });
    await expect(source).rejects.toMatchObject({ hint: 'did you mean "weight"?' });
  });
});
