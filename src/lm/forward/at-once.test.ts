import { expect, it } from 'vitest';
import { atOnce } from './at-once.ts';

it('has as many under way as it may, each taken from its source when its turn comes', async () => {
  const log: string[] = [];
  function* source(): Generator<number> {
    for (let i = 0; i < 5; i++) {
      log.push(`take ${i}`);
      yield i;
    }
  }
  let [open, most] = [0, 0];
  await atOnce(source(), 2, async (i) => {
    most = Math.max(most, ++open);
    await Promise.resolve();
    log.push(`done ${i}`);
    open -= 1;
  });
  expect(most).toBe(2);
  expect(log.indexOf('take 2')).toBeGreaterThan(log.indexOf('done 0'));
  expect(log.filter((line) => line.startsWith('done'))).toHaveLength(5);
});

it('begins nothing after a failure, and throws it when all that had begun have ended', async () => {
  const ended: number[] = [];
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const all = atOnce([0, 1, 2, 3], 2, async (i) => {
    if (i === 0) {
      queueMicrotask(release);
      throw new RangeError('the first one');
    }
    await held;
    ended.push(i);
  });
  await expect(all).rejects.toThrow('the first one');
  expect(ended).toEqual([1]);
});
