import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { page } from './page.ts';
import { SEEDS, TASKS, trainedModels } from './plan.ts';
import type { Miniature } from './records.ts';

const committed = (file: string): string =>
  readFileSync(new URL(`../../results/miniature/${file}`, import.meta.url), 'utf8');

it('is committed as it follows from the committed records, which are of the whole plan', () => {
  const miniature = JSON.parse(committed('records.json')) as Miniature;
  const tasks = TASKS.map(({ name }) => name);
  expect(committed('README.md')).toBe(page(tasks, miniature));
  const planned = trainedModels(TASKS, SEEDS).map(({ task, arm, seed }) => `${task.name} ${arm} ${seed}`);
  const recorded = miniature.records
    .filter(({ rule }) => rule === 'canonical')
    .map(({ task, arm, seed }) => `${task} ${arm} ${seed}`);
  expect(recorded).toEqual(planned);
  expect(miniature.isComplete).toBe(true);
});
