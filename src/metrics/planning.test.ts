import { expect, it } from 'vitest';
import type { TraceStep } from '../core/trace.ts';
import { planningOf } from './planning.ts';

/** Tokens are single characters: a step proposes a text and reveals some places. */
const CANVAS = [4, 5, 6, 7, 8, 9, 10, 11, 12];
const path = (...steps: readonly (readonly [string, readonly number[]])[]): readonly TraceStep[] =>
  steps.map(([text, places], i) => ({
    remaining: steps.length - 1 - i,
    positions: CANVAS.slice(0, text.length),
    tokens: [...text].map((letter) => letter.charCodeAt(0)),
    confidences: [],
    revealed: places.map((place) => CANVAS[place] as number),
  }));
const pieces = Object.fromEntries(Array.from({ length: 128 }, (_, id) => [String(id), String.fromCharCode(id)]));

it('sees what changed, in which order, when the answer stood, and what was repaired', () => {
  const steps = path(['<<1+2=4>>', [0, 1, 7, 8]], ['<<1+2=4>>', [2, 3]], ['<<1+2=3>>', [6]], ['<<1+2=3>>', [4, 5]]);
  const { changed, order, decided, repaired } = planningOf({ maskable: CANVAS, path: steps, pieces }, 9);
  expect(changed).toBeCloseTo(1 / 9);
  expect(decided).toBe(0.5);
  expect(repaired).toBe(1);
  expect(order).toBeGreaterThan(-0.1);
  expect(order).toBeLessThan(0.4);
});

it('left to right is 1, and a wrong calculation that stays is not repaired; what is revealed stays in drafts', () => {
  const steps = path(['<<1+2=4>>', [0, 1, 2]], ['xxx+2=4>>', [3, 4, 5]], ['yyyyyy4>>', [6, 7, 8]]);
  const { order, repaired, decided, changed } = planningOf({ maskable: CANVAS, path: steps, pieces }, 9);
  expect(order).toBeGreaterThan(0.9);
  expect([repaired, decided, changed]).toEqual([0, 0, 0]);
});

it('ends a draft at the token that ended the text, and says nothing of what was not read', () => {
  const steps = path(['12$$$$$$$', [2, 3, 4, 5, 6, 7, 8]], ['34$$$$$$$', [0, 1]]);
  const found = planningOf({ maskable: CANVAS, path: steps, pieces }, 2);
  expect(found).toMatchObject({ changed: 1, decided: 0.5, repaired: null, order: null });
  const [only] = path(['12345', [0, 1, 2, 3, 4]]);
  expect(planningOf({ maskable: CANVAS, path: [only as TraceStep], pieces }, 9)).toEqual({
    ...{ changed: null, order: null, decided: null, repaired: null },
  });
});
