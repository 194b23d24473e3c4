import { describe, expect, it } from 'vitest';
import type { SampleTrace, SampleTraceStep } from './sample-data.ts';
import { settledStep, traceFrames } from './trace-frames.ts';

const PIECES = ['a', 'b', 'c', '<|endoftext|>'];
const step = (remaining: number, places: number[], tokens: number[], revealed: number[]): SampleTraceStep => ({
  remaining,
  places,
  tokens,
  permille: places.map(() => 500),
  revealed,
});
const trace = (...path: readonly SampleTraceStep[]): SampleTrace => ({
  view: 'default',
  steps: path.length,
  draw: 0,
  before: '',
  after: '',
  positions: [5, 6, 7],
  pieces: PIECES,
  path,
  rankCorrelation: null,
  lane: null,
});
const settled = (...path: readonly SampleTraceStep[]) => settledStep(traceFrames(trace(...path)));

describe('frames', () => {
  it('hold what stands, what is new and what is only proposed after each step', () => {
    const frames = traceFrames(
      trace(step(2, [0, 1], [0, 1], [1]), step(1, [0, 2], [2, 2], [0]), step(0, [2], [1], [2])),
    );
    const told = frames.map(({ step: at, cells }) => [
      at,
      ...cells.map(({ kind, piece }) => `${kind} ${piece}`.trim()),
    ]);
    expect(told).toEqual([
      [1, 'proposed a', 'revealed b', 'masked'],
      [2, 'revealed c', 'kept b', 'proposed c'],
      [3, 'kept c', 'kept b', 'revealed b'],
    ]);
  });
});

describe('the step that settles a text', () => {
  it('is the first from which all proposals stay as they are', () => {
    expect(settled(step(2, [0, 1, 2], [0, 1, 0], [0]), step(1, [1, 2], [1, 2], [1]), step(0, [2], [2], [2]))).toBe(2);
    expect(settled(step(1, [0, 1, 2], [0, 1, 2], [0]), step(0, [1, 2], [1, 2], [1, 2]))).toBe(1);
  });

  it('is not an earlier one at which the text read so by chance', () => {
    const back = [step(2, [0, 1, 2], [0, 1, 2], [0]), step(1, [1, 2], [1, 0], [1]), step(0, [2], [2], [2])];
    expect(settled(...back)).toBe(3);
  });

  it('goes by what is read: tokens behind the end of the text do not count', () => {
    expect(settled(step(1, [0, 1, 2], [0, 3, 1], [0, 1]), step(0, [2], [2], [2]))).toBe(1);
  });

  it('waits for places without a proposal, and has no value where one is never revealed', () => {
    expect(settled(step(1, [0, 1], [0, 1], [0, 1]), step(0, [2], [2], [2]))).toBe(2);
    expect(settled(step(0, [0, 1, 2], [0, 1, 2], [0, 1]))).toBeNull();
    expect(settled()).toBeNull();
  });
});
