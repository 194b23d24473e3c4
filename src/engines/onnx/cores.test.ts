import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { coresOf } from './cores.ts';

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
  expect(coresOf(4, folder)).toBe(2);
});

it('counts two processors with a core each as two', () => {
  for (const number of [0, 1]) processor(number, String(number));
  expect(coresOf(2, folder)).toBe(2);
});

it('passes over a processor that is off, and folders that are none', () => {
  for (const number of [0, 1]) processor(number, String(number));
  mkdirSync(join(folder, 'cpu2'));
  mkdirSync(join(folder, 'cpufreq'));
  expect(coresOf(3, folder)).toBe(2);
});

it('never takes more than this process may use', () => {
  for (let number = 0; number < 8; number++) processor(number, String(number));
  expect(coresOf(2, folder)).toBe(2);
});

it('takes every processor where the system does not say', () => {
  expect(coresOf(6, folder)).toBe(6);
  expect(coresOf(6, join(folder, 'absent'))).toBe(6);
});
