import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coresOf, processorsOf } from './processors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-processors-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, path), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, path, name), `${text}\n`);
  return join(folder, path);
}

describe('cores', () => {
  /** Of a machine with these siblings of each processor, to a process that may run on some of them. */
  function cores(siblings: readonly string[], allowed: string, processors: number): number | null {
    for (const [i, list] of siblings.entries()) write(`cpu${i}/topology`, { thread_siblings_list: list });
    const self = write('self', { status: `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${allowed}` });
    return coresOf(self, processors, folder);
  }

  it.each([
    ['processors that share a core count once', ['0,2', '1,3', '0,2', '1,3'], '0-3', 4, 2],
    ['each has its own', ['0', '1'], '0-1', 2, 2],
    ['both of one core are allowed', ['0-1', '0-1', '2-3', '2-3'], '0-1', 2, 1],
    ['one of each core is allowed', ['0-1', '0-1', '2-3', '2-3', '4-5', '4-5'], '0,2,4', 3, 3],
    ['less time than there are cores', ['0', '1', '2', '3'], '0-3', 2, 2],
  ])('%s', (_name, siblings, allowed, processors, expected) => {
    expect(cores(siblings, allowed, processors)).toBe(expected);
  });

  it('passes over a processor that is off', () => {
    mkdirSync(join(folder, 'cpu2'));
    expect(cores(['0', '1'], '0-2', 3)).toBe(2);
  });

  it('are not known where the system does not say', () => {
    expect(cores([], '0-3', 4)).toBeNull();
    expect(coresOf(join(folder, 'absent'), 4, folder)).toBeNull();
  });
});

describe('processors of a container that may take less of their time', () => {
  const SIXTEEN = 16;
  const self = (cgroup: string, mount: string): string =>
    write('self', { cgroup, mountinfo: `24 1 8:1 / / rw - ext4 /dev/sda1 rw\n${mount}` });
  const version2 = () =>
    self('0::/pod/mine', `29 22 0:26 / ${folder}/tree rw shared:4 - cgroup2 cgroup2 rw,nsdelegate`);

  it.each([
    ['200000 100000', 2],
    ['150000 100000', 1],
    ['5000 100000', 1],
    ['6400000 100000', SIXTEEN],
    ['max 100000', SIXTEEN],
  ])('version 2, %s: %i', (limit, expected) => {
    write('tree/pod/mine', { 'cpu.max': limit });
    expect(processorsOf(version2(), SIXTEEN)).toBe(expected);
  });

  it('the least of the groups around it holds', () => {
    write('tree/pod/mine', { 'cpu.max': '800000 100000' });
    write('tree/pod', { 'cpu.max': '300000 100000' });
    expect(processorsOf(version2(), SIXTEEN)).toBe(3);
  });

  it.each([
    ['400000', 4],
    ['-1', SIXTEEN],
  ])('version 1, a quota of %s in 100 ms: %i', (quota, expected) => {
    const mount = `31 25 0:27 /docker/a1 ${folder}/cpu rw - cgroup cgroup rw,cpu,cpuacct`;
    write('cpu', { 'cpu.cfs_quota_us': quota, 'cpu.cfs_period_us': '100000' });
    expect(processorsOf(self('4:memory:/docker/a1\n1:cpu,cpuacct:/docker/a1', mount), SIXTEEN)).toBe(expected);
  });

  it('every processor counts where nothing is said', () => {
    expect(processorsOf(version2(), SIXTEEN)).toBe(SIXTEEN);
    expect(processorsOf(join(folder, 'absent'), SIXTEEN)).toBe(SIXTEEN);
  });
});
