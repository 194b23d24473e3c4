import { expect, it } from 'vitest';
import { lockStorm } from '../../scripts/lock-storm.ts';

it('gives a stale lock to one of many processes at a time, and leaves nothing behind', async () => {
  const { starts, holders, ...wrong } = await lockStorm(6, 8);
  expect(starts).toBe(48);
  expect(holders).toBeGreaterThanOrEqual(6);
  expect(wrong).toEqual({ together: 0, failures: [], leftOver: [] });
}, 60_000);
