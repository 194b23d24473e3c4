import { describe, expect, it } from 'vitest';
import { divergenceMonitor } from './divergence.ts';
import { learningRateAt } from './learning-rate.ts';

describe('the learning rate', () => {
  const schedule = { kind: 'cosine', peak: 1, warmup: 10, floor: 0.1, steps: 110 } as const;

  it('rises in equal steps, then falls as a cosine to its floor', () => {
    expect([0, 4, 9].map((step) => learningRateAt(step, schedule))).toEqual([0.1, 0.5, 1]);
    expect(learningRateAt(10, schedule)).toBe(1);
    expect(learningRateAt(60, schedule)).toBeCloseTo(0.55, 12);
    expect(learningRateAt(110, schedule)).toBeCloseTo(0.1, 12);
  });

  it('stays where it is when constant', () => {
    expect(learningRateAt(100, { ...schedule, kind: 'constant' })).toBe(1);
    expect(learningRateAt(0, { ...schedule, warmup: 0 })).toBe(1);
  });
});

describe('divergence', () => {
  const fed = (losses: readonly number[]) => {
    const monitor = divergenceMonitor(4);
    return losses.map((loss) => monitor.observe(loss));
  };
  const steady = Array.from({ length: 30 }, () => 1);

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('is seen at once when the loss is %d', (loss) => {
    expect(fed([1, loss]).at(-1)).toContain(`the loss is ${loss}`);
  });

  it('is seen when the loss stays far above its median', () => {
    expect(fed([...steady, 9, 9, 9, 9]).every((wrong) => wrong === null)).toBe(true);
    expect(fed([...steady, 9, 9, 9, 9, 9]).at(-1)).toContain('4 times its running median 1.00');
  });

  it('is not seen in single wild batches, nor in the first steps', () => {
    expect(fed([...steady, 90, 1, 90, 1, 90, 90, 1, 90]).every((wrong) => wrong === null)).toBe(true);
    expect(fed([1, 1, 50, 50, 50, 50, 50, 50]).every((wrong) => wrong === null)).toBe(true);
  });

  it('is not seen where nearly nothing is left to learn, however far above it a loss is', () => {
    const learnt = [...steady, ...Array.from({ length: 80 }, () => 0.002)];
    const jump = Array.from({ length: 10 }, () => 0.024);
    expect(fed([...learnt, ...jump]).every((wrong) => wrong === null)).toBe(true);
    expect(fed([...learnt, ...jump.map((loss) => 10 * loss)])).toContainEqual(expect.stringContaining('4 times'));
  });
});
