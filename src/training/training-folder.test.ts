import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TRAINING_FILES, TrainingFolder } from './training-folder.ts';

const tensor = (...data: number[]) => ({ dims: [data.length], data: Float32Array.from(data) });
const STATE = {
  steps: 7,
  parameters: new Map([['w', tensor(1, 2, 3)]]),
  firstMoments: new Map([['w', tensor(0.5, 0, 0)]]),
  secondMoments: new Map([['w', tensor(0.25, 0, 0)]]),
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-training-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('gives back the state that was saved', async () => {
  const training = new TrainingFolder(folder);
  expect(await training.load('a')).toBeNull();
  await training.save(STATE, 'a');
  expect(await training.load('a')).toEqual(STATE);
  await expect(training.load('b')).rejects.toThrow('belongs to another configuration');
});

it('refuses a state of which one bit was flipped', async () => {
  const training = new TrainingFolder(folder);
  await training.save(STATE, 'a');
  const path = join(folder, TRAINING_FILES.state);
  const bytes = await readFile(path);
  bytes[bytes.length - 2] = (bytes.at(-2) as number) ^ 1;
  await writeFile(path, bytes);
  await expect(training.load('a')).rejects.toMatchObject({
    code: 'store-corrupt',
    message: expect.stringMatching(
      /state\.safetensors is damaged: expected values with SHA-256 \w{12}…, found \w{12}…/,
    ),
  });
});
