import { expect, it } from 'vitest';
import { chanceOf, majorityOf, type Vote, votedValues } from './voted-answer.ts';

const votes = (answers: string, right: string): Vote[] =>
  [...answers].map((answer) => ({ answer: answer === '-' ? null : answer, isRight: answer === right }));

it.each([
  ['ABA', 'A', 1, 1],
  ['ABB', 'A', 0, 1],
  ['CAB', 'A', 0, 1],
  ['ACB', 'A', 1, 1],
  ['--A', 'A', 1, 1],
  ['---', 'A', 0, 0],
  ['BCB', 'A', 0, 0],
])('%s, %s is right: majority %i, hit %i', (answers, right, majority, hit) => {
  expect(votedValues(votes(answers, right))).toEqual({ 'majority@3': majority, 'hit@3': hit });
});

it('says nothing of a single text', () => {
  expect(votedValues(votes('A', 'A'))).toEqual({});
  expect(majorityOf(votes('-', 'A'))).toBeNull();
});

it('knows what guessing reaches', () => {
  // 57.8 %: the published hit@3 of SAT-Math is 57.7 %.
  expect(chanceOf('hit@3', 0.25)).toBeCloseTo(0.578125, 12);
  expect([chanceOf('majority@3', 0.25), chanceOf('acc', 0.25), chanceOf('hit@3', null)]).toEqual([0.25, 0.25, null]);
});

it('knows that the majority of guesses is right as often as one guess, ties included', () => {
  const guesses = ['ABCD'].flatMap((letters) => [...letters]);
  const all = guesses.flatMap((a) => guesses.flatMap((b) => guesses.map((c) => a + b + c)));
  const right = all.filter((each) => majorityOf(votes(each, 'A'))?.isRight === true);
  expect(right.length / all.length).toBe(0.25);
});
