import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { settled } from '../../src/commands/shell/command-line.ts';
import { TRAINING } from '../../src/commands/train/training-verbs.ts';
import { chosenTasks } from '../../src/evaluate/open-parts.ts';
import type { TrainingOptions, TrainingVerb } from '../../src/training/start/options.ts';
import { SEEDS, TASKS, type Task, type TrainedModel, trainedModels, trainingConfig, trainingWords } from './plan.ts';

/** What `bench` makes of the words and the file. */
async function optionsOf(model: TrainedModel): Promise<TrainingOptions> {
  const [verb = '', ...words] = trainingWords(model, './base', model.task.steps);
  const flags: Record<string, unknown> = { ...trainingConfig(model.task), out: model.name };
  for (let at = 0; at < words.length; at++) {
    const name = (words[at] as string).slice(2);
    const value = words[at + 1];
    if (value === undefined || value.startsWith('--')) flags[name] = true;
    else flags[name] = words[++at];
  }
  return settled(TRAINING[verb as TrainingVerb], flags);
}

const budget = ({ data, batch, accumulate, steps, lr, warmup, seed }: TrainingOptions) => ({
  ...{ data, batch, accumulate, steps, lr, warmup, seed },
});

it('gives every arm of a task and seed the same budget, and three seeds at least', async () => {
  expect(SEEDS.length).toBeGreaterThanOrEqual(3);
  for (const task of TASKS) {
    const options = await Promise.all(trainedModels([task], [1]).map(optionsOf));
    expect(options).toHaveLength(task.arms.length);
    for (const each of options) expect(budget(each)).toEqual(budget(options[0] as TrainingOptions));
  }
});

it('turns off what an arm is without, and only that', async () => {
  const [task] = TASKS as readonly [Task];
  const named = Object.fromEntries(
    await Promise.all(trainedModels([task], [0]).map(async (model) => [model.arm, await optionsOf(model)] as const)),
  );
  const seen = Object.entries(named).map(([arm, { verb, family, shift, annealSteps, init }]) => [
    ...[arm, verb, family, shift, annealSteps, init],
  ]);
  expect(seen).toEqual([
    ['ar', 'finetune', null, null, 1, './base'],
    ['full', 'adapt', 'diffusion', null, 400, './base'],
    ['noshift', 'adapt', 'diffusion', false, 400, './base'],
    ['noanneal', 'adapt', 'diffusion', null, 1, './base'],
    ['neither', 'adapt', 'diffusion', false, 1, './base'],
    ['scratch', 'train', 'diffusion', null, 1, null],
  ]);
});

it('asks tasks that there are, in rows as long as theirs', () => {
  const tasks = chosenTasks({ models: [], tasks: TASKS.map(({ name }) => name) });
  for (const [i, task] of tasks.entries()) {
    const layout = task.protocols.canonical?.question(ROW).views.diffusion[0]?.layout;
    if (TASKS[i]?.isWritten) expect([task.name, layout?.canvas]).toEqual([task.name, TASKS[i]?.length]);
  }
});

const ROW = { prompt: '1 , 2 , 3 , 6 :', answer: '1 + 2 = 3 , 3 + 3 = 6' };

it('fine-tunes the tiny checkpoints in rows as long as their tasks', async () => {
  for (const file of ['ar', 'diffusion']) {
    const url = new URL(`../tiny-models/${file}.json`, import.meta.url);
    const { data } = JSON.parse(await readFile(url, 'utf8')) as { data: { task: string; length: number }[] };
    for (const { task, length } of data) {
      const planned = TASKS.find(({ generator }) => generator === task);
      expect([task, length]).toEqual([task, planned?.length]);
    }
  }
});
