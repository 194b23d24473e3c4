import { expect, it } from 'vitest';
import type { TextTrace } from '../../core/trace.ts';
import { traceGrid } from './trace-grid.ts';

const trace: TextTrace = {
  view: 'default',
  steps: 3,
  draw: 0,
  maskable: [4, 5, 7],
  context: { before: 'He sold the', after: '.' },
  path: [
    { remaining: 2, positions: [4, 5, 7], tokens: [1, 2, 3], confidences: [-1, -0.5, -2], revealed: [5] },
    { remaining: 0, positions: [4, 7], tokens: [9, 3], confidences: [-0.1, -2], revealed: [4, 7] },
  ],
  pieces: { 1: ' a', 2: ' red', 3: '\n', 9: ' a very long piece' },
};

it('has a row a step, with what it revealed in brackets and how sure the model was', () => {
  expect(traceGrid(trace)).toMatchInlineSnapshot(`
    "view default, T = 3, draw 0: 3 tokens, 2 steps through the network
      before: "He sold the"
      after: "."
    · masked  4                 5       7
    ────────────────────────────────────────
    step 1    ·                 [␣red]  ·
    step 3    [␣a␣very␣long␣…]  ␣red    [\\n]
    percent   90.5              60.7    13.5
    "
  `);
});

it('puts what does not fit into further grids', () => {
  const text = traceGrid(trace, 30);
  expect(text.match(/· masked/g)).toHaveLength(2);
  expect(
    text
      .split('\n')
      .slice(3)
      .every((line) => line.length <= 30),
  ).toBe(true);
});
