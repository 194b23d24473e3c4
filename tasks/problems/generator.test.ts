import { describe, expect, it } from 'vitest';
import { stream } from '#harness';
import type { GeneratedSplit, ProblemSource } from './generator.ts';
import { PROBLEM_GENERATORS } from './index.ts';

const DRAWS = 400;

const draws = (source: ProblemSource, split: GeneratedSplit, seed = 0) =>
  Array.from({ length: DRAWS }, (_, i) => source.draw(split, stream(seed, 'test', i)));

function opened(name: string, settings: Record<string, unknown> = {}): ProblemSource {
  const generator = PROBLEM_GENERATORS.find((each) => each.name === name);
  if (generator === undefined) throw new Error(`no generator ${name}`);
  return generator.open(settings);
}

describe.each(PROBLEM_GENERATORS.map((generator) => [generator.name, generator] as const))('%s', (_name, generator) => {
  const source = generator.open({});

  it('never gives training a held-out problem, nor the other way round', () => {
    const training = new Set(draws(source, 'train').map(({ key }) => key));
    const heldOut = draws(source, 'held-out', 1);
    expect(heldOut.filter(({ key }) => training.has(key))).toEqual([]);
    expect(heldOut.every((problem) => source.isHeldOut(problem))).toBe(true);
  });

  it('accepts its own answers and no others', () => {
    for (const problem of draws(source, 'train')) {
      expect(source.isCorrect(problem, ` ${problem.answer} `), problem.prompt).toBe(true);
      expect(source.isCorrect(problem, `${problem.answer} 1`), problem.prompt).toBe(false);
      expect(source.isCorrect(problem, ''), problem.prompt).toBe(false);
    }
  });

  it('is a function of the random numbers', () => {
    expect(source.draw('train', stream(3, 'a'))).toEqual(source.draw('train', stream(3, 'a')));
  });

  it('names every word that it writes', () => {
    const known = new Set(generator.words);
    const words = draws(source, 'train').flatMap(({ prompt, answer }) => {
      const text = `${prompt} ${answer}`.replaceAll(/<<|>>|(?<=\d)[-+*=](?=\d)/g, ' $& ');
      return text.split(' ').filter((word) => word !== '' && !/^\d+$/.test(word));
    });
    expect(words.filter((word) => !known.has(word))).toEqual([]);
  });

  it('refuses settings that it does not know', () => {
    expect(() => generator.open({ colour: 1 })).toThrow(/setting colour/);
  });
});

it('chases pointers as the definition says', () => {
  const backward = opened('pointer-chasing').draw('train', stream(0, 'x'));
  const forward = opened('pointer-chasing', { order: 'first-hop-first' }).draw('train', stream(0, 'x'));
  expect(backward.prompt.replace(':', '>')).toBe(forward.prompt);
  expect(backward.key).toBe(forward.key);
  expect(backward.answer.split(' ').reverse().join(' ')).toBe(forward.answer);
  const given = forward.prompt.replace(' >', '').split(' ').map(Number);
  let at = given.at(-1) as number;
  for (const hop of forward.answer.split(' ')) {
    at = given[at - 1] as number;
    expect(String(at)).toBe(hop);
  }
});

it('keeps Countdown inside its range, and takes other numbers and operators', () => {
  const settings = { numbers: 4, largest: 9, operators: ['+', '*', '/'], leastTarget: 10, mostTarget: 30 };
  for (const { prompt, answer } of draws(opened('countdown-mini', settings), 'train')) {
    const target = Number(prompt.replace(' :', '').split(' , ').at(-1));
    expect(target).toBeGreaterThanOrEqual(10);
    expect(target).toBeLessThanOrEqual(30);
    expect(answer.split(' , ')).toHaveLength(3);
    expect(answer).not.toContain('-');
  }
});

it('accepts another solution of the same Countdown problem', () => {
  const problem = { prompt: '13 , 14 , 2 , 1 :', answer: '14 - 2 = 12 , 13 - 12 = 1', key: '' };
  const source = opened('countdown-mini');
  expect(source.isCorrect(problem, '14 - 13 = 1 , 2 - 1 = 1')).toBe(true);
  expect(source.isCorrect(problem, '14 - 13 = 1 , 1 + 0 = 1')).toBe(false);
});

it('says when the settings leave nothing to draw', () => {
  const impossible = opened('countdown-mini', { leastTarget: 59, mostTarget: 60, largest: 2 });
  expect(() => impossible.draw('train', stream(0))).toThrow(/no problem found/);
});
