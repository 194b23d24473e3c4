import { expect, it } from 'vitest';
import { DEFAULT_TASKS } from '../../tasks/index.ts';
import { chosenTasks } from './open-parts.ts';

const names = (models: readonly string[], tasks: readonly string[] | null = null) =>
  chosenTasks({ models, tasks }).map(({ name }) => name);
const MINI = [
  'pointer-chasing',
  'pointer-chasing-forward',
  'countdown-mini',
  'word-problems',
  'stories-choice',
  'stories-cloze',
];

it('runs what is named, else what all models were made for, else the published likelihood tasks', () => {
  expect(names(['tiny-gpt2'], ['piqa', 'gsm8k'])).toEqual(['piqa', 'gsm8k']);
  expect(names(['tiny-gpt2', 'tiny-diffugpt'])).toEqual(MINI);
  const published = DEFAULT_TASKS.map(({ name }) => name);
  expect(names(['tiny-gpt2', 'random-gpt2'])).toEqual(published);
  expect(names(['./models/tiny-gpt2'])).toEqual(published);
  expect(() => names(['tiny-gpt2'], ['piqo'])).toThrow(/unknown task "piqo"/);
});
