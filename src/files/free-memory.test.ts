import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeMemory, freeMemoryOf } from './free-memory.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-free-memory-'));
  write('', { meminfo: 'MemTotal:       8388608 kB\nMemFree:         100000 kB\nMemAvailable:    4194304 kB' });
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, path), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, path, name), `${text}\n`);
  return join(folder, path);
}

const MIB = 2 ** 20;
const OF_MACHINE = 4096 * MIB;

const free = (cgroup: string, mount: string): number | null =>
  freeMemoryOf(
    write('self', { cgroup, mountinfo: `24 1 8:1 / / rw - ext4 /dev/sda1 rw\n${mount}` }),
    join(folder, 'meminfo'),
  );

describe('version 1', () => {
  const mount = () => `31 25 0:27 / ${folder}/memory rw - cgroup cgroup rw,memory`;
  const group = (path: string, limit: number, usage: number, statistics: string): string =>
    write(path, {
      'memory.limit_in_bytes': String(limit),
      'memory.usage_in_bytes': String(usage),
      'memory.stat': statistics,
    });
  const inGroup = () => free('4:memory:/outer/mine\n1:cpu,cpuacct:/', mount());

  it('pages of files are free, those of groups inside too', () => {
    const statistics = `cache 1\ninactive_file 1\nactive_file 1\ntotal_inactive_file ${250 * MIB}\ntotal_active_file ${50 * MIB}`;
    group('memory/outer/mine', 400 * MIB, 395 * MIB, statistics);
    expect(inGroup()).toBe(305 * MIB);
  });

  it('the least of the groups around it holds', () => {
    group('memory/outer/mine', 400 * MIB, 100 * MIB, '');
    group('memory/outer', 500 * MIB, 450 * MIB, `total_inactive_file ${10 * MIB}`);
    expect(inGroup()).toBe(60 * MIB);
  });

  it('without a limit, and with one beyond the machine, what the machine has is free', () => {
    group('memory/outer/mine', 2 ** 63 - 4096, 100 * MIB, '');
    expect(inGroup()).toBe(OF_MACHINE);
  });
});

describe('version 2', () => {
  const inGroup = () => free('0::/mine', `29 22 0:26 / ${folder}/tree rw shared:4 - cgroup2 cgroup2 rw,nsdelegate`);

  it.each([
    [String(400 * MIB), String(395 * MIB), 305 * MIB],
    [String(400 * MIB), String(750 * MIB), 0],
    ['max', String(395 * MIB), OF_MACHINE],
  ])('limit %s, usage %s: %i bytes', (limit, usage, expected) => {
    const statistics = `anon 5\nfile ${310 * MIB}\ninactive_file ${250 * MIB}\nactive_file ${50 * MIB}`;
    write('tree/mine', { 'memory.max': limit, 'memory.current': usage, 'memory.stat': statistics });
    expect(inGroup()).toBe(expected);
  });

  it('what the machine has is free where a group says nothing', () => {
    expect(inGroup()).toBe(OF_MACHINE);
  });
});

it('is not known where the system does not say', () => {
  expect(freeMemoryOf(join(folder, 'self'), join(folder, 'absent'))).toBeNull();
  expect(freeMemory()).toBeGreaterThan(0);
});
