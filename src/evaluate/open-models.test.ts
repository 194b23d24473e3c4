import { expect, it } from 'vitest';
import { SILENT } from './observer.ts';
import { openModels } from './open-models.ts';
import { RUN_DEFAULTS, type RunOptions } from './options.ts';

async function opened(changes: Partial<RunOptions>) {
  const notes: string[] = [];
  const models = await openModels(
    { ...RUN_DEFAULTS, models: [], ...changes },
    { ...SILENT, noted: (note) => notes.push(note) },
  );
  return { notes, models: models.map(({ checkpoint: { name, options } }) => ({ name, ...options })) };
}

it('gives each model its own name and settings', async () => {
  const { models, notes } = await opened({
    models: ['ar=random-gpt2', 'dd=random-diffugpt:shift=off', 'random-diffugpt'],
  });
  expect(models).toMatchObject([
    { name: 'ar', family: 'autoregressive' },
    { name: 'dd', family: 'diffusion', shift: false },
    { name: 'random-diffugpt', shift: true },
  ]);
  expect(notes).toEqual([]);
  await expect(opened({ models: ['a=random-gpt2', 'a=random-diffugpt'] })).rejects.toThrow(
    '--models: expected a name for each model, found "a" twice',
  );
});

it('refuses a shift that no model can have', async () => {
  const message = '--shift: expected a diffusion model, found autoregressive random-gpt2';
  await expect(opened({ models: ['random-gpt2'], shift: true })).rejects.toMatchObject({
    code: 'bad-arguments',
    message,
  });
  await expect(opened({ models: ['random-gpt2:shift=on', 'random-diffugpt'] })).rejects.toMatchObject({ message });
  expect((await opened({ models: ['random-gpt2', 'random-diffugpt'], shift: false })).models[1]?.shift).toBe(false);
});

it('names settings that change nothing, and a family that is not the declared one', async () => {
  expect((await opened({ models: ['random-gpt2'], steps: [8], attention: 0.5 })).notes).toEqual([
    '--steps, --attention: no model of this run is a diffusion model, so this changes nothing',
  ]);
  const { notes, models } = await opened({ models: ['random-diffugpt'], family: 'autoregressive' });
  expect(models[0]?.family).toBe('autoregressive');
  expect(notes[0]).toBe(
    'random-diffugpt is declared diffusion, and --family reads it as autoregressive; --models NAME:family=… says it of one model alone',
  );
});
