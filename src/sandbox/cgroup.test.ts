import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findCgroups, makeCgroup } from './cgroup.ts';
import { BASE_LIMITS } from './limits.ts';

const found = findCgroups();

it.skipIf(found === null)('makes a group that counts from nothing, and leaves none behind', async () => {
  if (found === null) throw new TypeError('skipped');
  const mine = () => readdirSync(found.folder).filter((name) => name.startsWith(`bench-sandbox-${process.pid}-`));
  const group = await makeCgroup(found, BASE_LIMITS);
  expect(mine()).toHaveLength(1);
  const [enter, cpu] = group.files;
  expect([enter, cpu].every((file) => file !== undefined && existsSync(`/proc/self/fd/${file.fd}`))).toBe(true);
  expect(`${await cpu?.readFile()}`).toMatch(/^usage_usec 0$/m);
  expect(group.handles.events === null).toBe(found.counts === 'time');
  await group.close();
  expect(mine()).toEqual([]);
});
