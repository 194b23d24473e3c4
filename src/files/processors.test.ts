import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usableCores, usableProcessors } from './processors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-cores-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function processor(number: number, siblings: string): void {
  const topology = join(folder, `cpu${number}`, 'topology');
  mkdirSync(topology, { recursive: true });
  writeFileSync(join(topology, 'thread_siblings_list'), `${siblings}\n`);
}

it('counts processors that share a core once', () => {
  for (const [number, siblings] of ['0,2', '1,3', '0,2', '1,3'].entries()) processor(number, siblings);
  expect(usableCores(4, folder)).toBe(2);
});

it('counts two processors with a core each as two', () => {
  for (const number of [0, 1]) processor(number, String(number));
  expect(usableCores(2, folder)).toBe(2);
});

it('passes over a processor that is off, and folders that are none', () => {
  for (const number of [0, 1]) processor(number, String(number));
  mkdirSync(join(folder, 'cpu2'));
  mkdirSync(join(folder, 'cpufreq'));
  expect(usableCores(3, folder)).toBe(2);
});

it('never takes more than this process may use', () => {
  for (let number = 0; number < 8; number++) processor(number, String(number));
  expect(usableCores(2, folder)).toBe(2);
});

it('takes every processor where the system does not say', () => {
  expect(usableCores(6, folder)).toBe(6);
  expect(usableCores(6, join(folder, 'absent'))).toBe(6);
});

describe('a container that may take less time', () => {
  const SIXTEEN = 16;
  const group = (path: string, files: Readonly<Record<string, string>>): void => {
    mkdirSync(join(folder, path), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, path, name), `${text}\n`);
  };
  const self = (cgroup: string, mount: string): string => {
    group('self', { cgroup, mountinfo: `24 1 8:1 / / rw - ext4 /dev/sda1 rw\n${mount}` });
    return join(folder, 'self');
  };
  const version2 = () =>
    self('0::/pod/mine', `29 22 0:26 / ${folder}/tree rw shared:4 - cgroup2 cgroup2 rw,nsdelegate`);

  it.each([
    ['200000 100000', 2],
    ['150000 100000', 2],
    ['5000 100000', 1],
    ['6400000 100000', SIXTEEN],
    ['max 100000', SIXTEEN],
  ])('version 2, %s: computes on %i', (limit, expected) => {
    group('tree/pod/mine', { 'cpu.max': limit });
    expect(usableProcessors(version2(), SIXTEEN)).toBe(expected);
  });

  it('the least of the groups around it holds', () => {
    group('tree/pod/mine', { 'cpu.max': '800000 100000' });
    group('tree/pod', { 'cpu.max': '300000 100000' });
    expect(usableProcessors(version2(), SIXTEEN)).toBe(3);
  });

  it.each([
    ['400000', 4],
    ['-1', SIXTEEN],
  ])('version 1, a quota of %s in 100 ms: computes on %i', (quota, expected) => {
    const mount = `31 25 0:27 /docker/a1 ${folder}/cpu rw - cgroup cgroup rw,cpu,cpuacct`;
    group('cpu', { 'cpu.cfs_quota_us': quota, 'cpu.cfs_period_us': '100000' });
    expect(usableProcessors(self('4:memory:/docker/a1\n1:cpu,cpuacct:/docker/a1', mount), SIXTEEN)).toBe(expected);
  });

  it('every processor counts where nothing is said', () => {
    expect(usableProcessors(version2(), SIXTEEN)).toBe(SIXTEEN);
    expect(usableProcessors(join(folder, 'absent'), SIXTEEN)).toBe(SIXTEEN);
  });
});
