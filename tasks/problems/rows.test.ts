import { describe, expect, it } from 'vitest';
import { stream } from '#harness';
import { countdownMini, pointerChasing, pointerChasingForward, wordProblems } from '../made/mini.ts';
import { storiesChoice } from '../made/stories-choice.ts';
import { storiesCloze } from '../made/stories-cloze.ts';
import { countdown } from './countdown.ts';
import { pointerChasing as pointers } from './pointer-chasing.ts';
import { heldOutRows } from './rows.ts';
import { KINDS, stories } from './stories.ts';
import { wordProblems as words } from './word-problems.ts';

const TRAINING_DRAWS = 2_000;

describe.each([
  [pointerChasing, pointers, {}],
  [pointerChasingForward, pointers, { order: 'first-hop-first' }],
  [countdownMini, countdown, {}],
  [wordProblems, words, {}],
  [storiesCloze, stories, {}],
] as const)('rows of $name', (task, generator, settings) => {
  const source = generator.open(settings);

  it('are held out, every one of them: training draws none', async () => {
    const rows = (await task.sources[0]?.read(() => '')) ?? [];
    expect(rows.length).toBeGreaterThanOrEqual(250);
    // What a row is follows from its prompt and answer; a training draw with another key is another problem.
    const asked = new Set(rows.map(({ prompt }) => prompt));
    expect(asked.size).toBe(rows.length);
    const drawn = Array.from({ length: TRAINING_DRAWS }, (_, i) => source.draw('train', stream(i % 7, 'test', i)));
    expect(drawn.filter((problem) => source.isHeldOut(problem) || asked.has(problem.prompt))).toEqual([]);
  });

  it('are answered rightly by their answers, and fit the words of the generator', async () => {
    const rows = (await task.sources[0]?.read(() => '')) ?? [];
    for (const row of rows) expect(source.isCorrect({ ...row, key: '' }, row.answer), row.prompt).toBe(true);
  });
});

it('are the same at their beginning however many are asked for', () => {
  const source = pointers.open({});
  expect(heldOutRows('a', source, 5)).toEqual(heldOutRows('a', source, 20).slice(0, 5));
  expect(heldOutRows('b', source, 5)).not.toEqual(heldOutRows('a', source, 5));
});

it('run out where there are no more problems', () => {
  expect(() => heldOutRows('c', countdown.open({ largest: 5 }), 100)).toThrow(/c: found \d+ of 100 held-out problems/);
});

it('of stories-choice are held-out stories with one word of their own kind', async () => {
  const source = stories.open({});
  const rows = (await storiesChoice.sources[0]?.read(() => '')) ?? [];
  const drawn = new Set(
    Array.from({ length: TRAINING_DRAWS }, (_, i) => source.draw('train', stream(i % 7, 'test', i)).prompt),
  );
  expect(rows.length).toBe(500);
  for (const { prompt, options, label: gold } of rows) {
    expect(drawn.has(prompt)).toBe(false);
    const kinds = options.map((option) => KINDS.findIndex((kind) => kind.includes(option)));
    expect(new Set(kinds).size, `${prompt} ${options[gold]}`).toBe(4);
  }
});
