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

it.each([
  ['other steps', ['"steps":"7"', '"steps":"5"'], 'expected values with SHA-256'],
  ['no steps', ['"steps":"7"', '"steps":"x"'], 'expected a number of steps, found "x"'],
  ['another kind of tensor', ['"first:w"', '"fjrst:w"'], 'expected parameters and moments, found tensor "fjrst:w"'],
] as const)('refuses a state with %s', async (_, [from, to], problem) => {
  const training = new TrainingFolder(folder);
  await training.save(STATE, 'a');
  const path = join(folder, TRAINING_FILES.state);
  const bytes = await readFile(path, 'latin1');
  expect(bytes).toContain(from);
  await writeFile(path, bytes.replace(from, to), 'latin1');
  await expect(training.load('a')).rejects.toMatchObject({
    code: 'store-corrupt',
    message: expect.stringContaining(`state.safetensors is damaged: ${problem}`),
  });
});

it('passes over a half-written last line of metrics, and names any other line that is none', async () => {
  const training = new TrainingFolder(folder);
  const metrics = join(folder, TRAINING_FILES.metrics);
  const lines = [
    '{"step":1,"loss":2.5}',
    '{"step":1,"heldOut":[{"source":"a","natsPerToken":null,"standardError":0,"rows":1,"tokens":0}]}',
  ];
  await writeFile(metrics, `${lines.join('\n')}\n{"step":2,"lo`);
  expect(await training.resumeMetrics(1)).toHaveLength(2);
  await training.close();
  expect(await readFile(metrics, 'utf8')).toBe(`${lines.join('\n')}\n`);
  for (const bad of ['null', '7', '{"step":"1"}', '{"step":2,"loss":1e999}', 'nonsense']) {
    await writeFile(metrics, `${lines[0]}\n${bad}\n${lines[0]}\n`);
    await expect(training.readMetrics()).rejects.toMatchObject({
      code: 'store-corrupt',
      message: `${metrics}, line 2: expected the metrics of a step, found ${JSON.stringify(bad)}`,
    });
  }
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
