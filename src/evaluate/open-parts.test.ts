import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SILENT } from './observer.ts';
import { openModels } from './open-parts.ts';
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

it('names settings that every model has of its own, and a family that is not the declared one', async () => {
  const overruled = { models: ['a=random-diffugpt:mask-id=5', 'b=random-diffugpt:mask-id=6'], maskId: 7 };
  expect((await opened(overruled)).notes).toEqual([
    '--mask-id: every model of this run has one of its own, so this changes nothing',
  ]);
  expect((await opened({ ...overruled, models: [...overruled.models, 'random-diffugpt'] })).notes).toEqual([]);
  const { notes, models } = await opened({ models: ['random-diffugpt'], family: 'autoregressive' });
  expect(models[0]?.family).toBe('autoregressive');
  expect(notes[0]).toBe(
    'random-diffugpt is declared diffusion, and --family reads it as autoregressive; --models NAME:family=… says it of one model alone',
  );
  expect((await opened({ models: ['random-diffugpt:family=ar'] })).notes[0]).toBe(
    'random-diffugpt is declared diffusion, and its setting in --models reads it as autoregressive',
  );
});

describe('models that are not on disk', () => {
  let home = '';
  const isolated = async () => {
    home = await mkdtemp(join(tmpdir(), 'open-models-'));
    vi.stubEnv('BENCH_CACHE_DIR', home);
    vi.stubEnv('HF_HUB_CACHE', home);
  };
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(home, { recursive: true });
  });

  it('are fetched by one command, which is named with their sizes', async () => {
    await isolated();
    await expect(
      opened({ models: ['gpt2-m', 'random-gpt2', 'mine=diffugpt-m', 'owner/name@v1'] }),
    ).rejects.toMatchObject({
      code: 'missing-checkpoint',
      message: expect.stringMatching(
        /gpt2-m: not on disk.* about 1\.5 GB; diffugpt-m: not on disk.* about 1\.4 GB; no folder .*owner\/name@v1/,
      ),
      hint: 'bench models pull gpt2-m diffugpt-m owner/name@v1',
    });
  });

  it('may be the base of an adapter that is', async () => {
    await isolated();
    const [repository, commit] = [join(home, 'models--diffusionfamily--diffullama-gsm'), 'b'.repeat(40)];
    await mkdir(join(repository, 'snapshots', commit), { recursive: true });
    await mkdir(join(repository, 'refs'));
    await writeFile(join(repository, 'refs', 'main'), commit);
    const config = { peft_type: 'LORA', r: 16, lora_alpha: 32, base_model_name_or_path: '/home/somebody/model' };
    await writeFile(join(repository, 'snapshots', commit, 'adapter_config.json'), JSON.stringify(config));
    await expect(opened({ models: ['diffullama-gsm'] })).rejects.toMatchObject({
      message: expect.stringMatching(/^diffullama: not on disk/),
      hint: 'bench models pull diffullama',
    });
  });
});
