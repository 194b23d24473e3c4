import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { storedSpeed } from './machine-speed.ts';

const python = { executable: '/usr/bin/python3', version: '3.11.2' };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-speed-'));
});
afterEach(() => rm(folder, { recursive: true }));

const never = () => Promise.reject(new Error('measured again'));
const measures = (speed: number, idle: boolean) => () => Promise.resolve({ speed, idle });

it('measures an idle machine once, so that a busy one has the same limits', async () => {
  expect(await storedSpeed(python, folder, measures(0.8, true))).toBe(0.8);
  expect(await storedSpeed(python, folder, never)).toBe(0.8);
});

it('measures again where the machine was busy, and keeps the fastest', async () => {
  expect(await storedSpeed(python, folder, measures(0.5, false))).toBe(0.5);
  expect(await storedSpeed(python, folder, measures(0.4, false))).toBe(0.5);
  expect(await storedSpeed(python, folder, measures(0.9, true))).toBe(0.9);
  expect(await storedSpeed(python, folder, never)).toBe(0.9);
});

it('measures each interpreter by itself', async () => {
  await storedSpeed(python, folder, measures(0.8, true));
  expect(await storedSpeed({ ...python, version: '3.13.0' }, folder, measures(1.2, true))).toBe(1.2);
  expect(await storedSpeed(python, folder, never)).toBe(0.8);
});

it('measures where the file is damaged, and where there can be none', async () => {
  await writeFile(join(folder, 'speeds.json'), '{"format":"bench-speeds/1","spe');
  expect(await storedSpeed(python, folder, measures(0.8, true))).toBe(0.8);
  expect(JSON.parse(await readFile(join(folder, 'speeds.json'), 'utf8')).format).toBe('bench-speeds/1');
  expect(await storedSpeed(python, join(folder, 'speeds.json'), measures(0.7, true))).toBe(0.7);
});
