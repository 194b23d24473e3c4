import { expect, it } from 'vitest';
import { permutation, stream } from '../../../core/numbers/random.ts';
import type { Response } from '../../../core/response.ts';
import type { LoweredAsk } from '../../lowering/lowered-ask.ts';
import { type AnswerLowered, answerMixed, answerTwice, BeyondReach } from './answer-mixed.ts';
import { fitErrors, heldOutShare, isFittedTo, isHeldOut } from './error-model.ts';

const ANSWERS = [' a', ' four words of text', ' the third one', ' and another'];
const TOKENS = [2, 9, 5, 4];
const [ITEMS, ERROR, REACH, SHARE] = [2000, 0.05, 6, 0.05];

const askOf = (n: number): LoweredAsk => ({
  ask: {
    key: `task/${n}`,
    question: { kind: 'choose', answers: ANSWERS, gold: 0, views: { autoregressive: [], diffusion: [] } },
  },
  views: [],
});
const ASKS = Array.from({ length: ITEMS }, (_, n) => askOf(n));

/** A standard normal number by name. */
function normal(...name: readonly (string | number)[]): number {
  const random = stream(0, ...name);
  return Math.sqrt(-2 * Math.log(1 - random.uniform(0))) * Math.cos(2 * Math.PI * random.uniform(1));
}

/** Leads of several nats; what is added is the error of fewer bits: of both signs, and larger for longer answers. */
const answering =
  (errorOf: (key: string, answer: number) => number): AnswerLowered =>
  async (asks) =>
    asks.map(({ ask: { key } }): Response => {
      const alternatives = TOKENS.map((tokens, i) => {
        const value = -2.2 * tokens + 6 * normal(key, 'value', i) + Math.sqrt(tokens) * errorOf(key, i);
        const quantities = { loglikelihood: { value, stderr: 0 } };
        return { tokens, crossing: false, quantities, exact: true, greedy: null };
      });
      return { kind: 'answered', views: { plain: { alternatives, rankings: {} } }, nfe: 1 };
    });

const exact = answering(() => 0);
const cheap = answering((key, i) => ERROR * normal(key, 'error', i));
const PRECISION = { cheap: 'int8', rule: 'lead-reach/1', share: SHARE, error: ERROR, reach: REACH };

const values = (response: Response | undefined): readonly number[] =>
  response?.kind === 'answered'
    ? (response.views.plain?.alternatives ?? []).map(({ quantities }) => quantities.loglikelihood?.value as number)
    : [];
const precisionOf = (response: Response | undefined): string | undefined =>
  response?.kind === 'answered' ? response.views.plain?.alternatives[0]?.precision : undefined;
const best = (all: readonly number[], per: (i: number) => number): number => {
  const scaled = all.map((value, i) => value / per(i));
  return scaled.indexOf(Math.max(...scaled));
};
const PER = [() => 1, (i: number) => TOKENS[i] as number, (i: number) => ANSWERS[i]?.length as number];

it('decides as float32 does under every normalisation, and answers few items twice', async () => {
  const [mixed, reference, alone] = [
    await answerMixed(ASKS, PRECISION, cheap, exact),
    await exact(ASKS),
    await cheap(ASKS),
  ];
  const otherwise = (found: readonly Response[]): number =>
    found.filter((response, n) => PER.some((per) => best(values(response), per) !== best(values(reference[n]), per)))
      .length;
  expect(otherwise(alone)).toBeGreaterThan(5);
  expect(otherwise(mixed)).toBe(0);
  const again = mixed.filter((response) => precisionOf(response) === 'float32');
  expect(again.length).toBeGreaterThan(SHARE * ITEMS);
  expect(again.length).toBeLessThan(ITEMS / 2);
  mixed.forEach((response, n) => {
    const from = precisionOf(response) === 'float32' ? reference : alone;
    expect(values(response)).toEqual(values(from[n]));
  });
  expect(again.every((response) => response.kind === 'answered' && response.nfe === 2)).toBe(true);
});

it('gives an item the same answer in any order, and alone', async () => {
  const some = ASKS.slice(0, 200);
  const all = await answerMixed(some, PRECISION, cheap, exact);
  const order = [...permutation(stream(1, 'order'), some.length)];
  const shuffled = await answerMixed(
    order.map((n) => some[n] as LoweredAsk),
    PRECISION,
    cheap,
    exact,
  );
  expect(shuffled).toEqual(order.map((n) => all[n]));
  for (const n of [3, 77]) expect(await answerMixed([askOf(n)], PRECISION, cheap, exact)).toEqual([all[n]]);
});

it('stops where an item that is held out shows an error that none should have', async () => {
  const key = ASKS.map(({ ask }) => ask.key).find((each) => isHeldOut(each, SHARE));
  const broken = answering((each, i) => (each === key && i === 2 ? 3 : 0));
  await expect(answerMixed(ASKS.slice(0, 100), PRECISION, broken, exact)).rejects.toThrow(BeyondReach);
});

it('asks for float32 alone where there is nothing to choose from', async () => {
  const [fill] = [askOf(1)].map((asked) => ({
    ...asked,
    ask: { ...asked.ask, question: { ...asked.ask.question, kind: 'fill' as const } },
  }));
  const never: AnswerLowered = async () => {
    throw new Error('asked in fewer bits');
  };
  const [answer] = await answerMixed([fill as LoweredAsk], PRECISION, never, exact);
  expect(precisionOf(answer)).toBe('float32');
});

it('fits the error to one half of what is held out, with room, and checks it on the other', async () => {
  const twice = await answerTwice(ASKS, cheap, exact);
  const errors = (of: boolean): number[] =>
    twice.filter(({ key }) => isFittedTo(key) === of).flatMap((each) => each.errors);
  const fit = fitErrors(errors(true), errors(false));
  // Leads differ by the errors of two answers, the roots of which are added in squares.
  expect(fit?.error).toBeCloseTo(ERROR, 2);
  expect(fit?.reach).toBeGreaterThanOrEqual(REACH);
  expect(fit?.holds).toBe(true);
  expect(twice.filter((each) => each.decidesOtherwise).length).toBeGreaterThan(5);
  expect(fitErrors(errors(true), [...errors(false), 9])?.holds).toBe(false);
  expect(fitErrors([], errors(false))).toBeNull();
  expect(fitErrors([0], [0])).toBeNull();
});

it('holds one in fifty out, and more of small tasks', () => {
  expect([10, 80, 800, 10_042].map(heldOutShare)).toEqual([1, 0.5, 0.05, 0.02]);
  const held = ASKS.filter(({ ask }) => isHeldOut(ask.key, SHARE)).length;
  expect(Math.abs(held - SHARE * ITEMS)).toBeLessThan(4 * Math.sqrt(SHARE * ITEMS));
});
