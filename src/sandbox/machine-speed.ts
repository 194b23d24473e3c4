/** How fast Python is on this machine, measured once and stored: limits in seconds must not move with what else runs. */

import { execFile } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { getOrInsert } from '../core/collect.ts';
import type { Milliseconds } from '../core/units.ts';
import { keepJson, readKept } from '../files/kept.ts';
import { processorName } from '../files/processors.ts';
import type { Python } from './python.ts';

const run = promisify(execFile);

/** Processor time that one repetition of the loop takes on a machine of speed 1. */
const REFERENCE_MS: Milliseconds = 5;

/**
 * Processor time of the fastest of many short repetitions. Those that had a core to themselves from beginning to end (as much
 * time on the wall as on the processor) come first: a repetition is short enough to be one between two turns of others.
 */
const MEASURE = `
import time
def loop():
    numbers, total = {}, 0
    for i in range(20000):
        numbers[i % 1000] = str(i)
        total += len(numbers[i % 1000]) * i % 7
    return total
alone, all = [], []
end = time.monotonic() + 3
while len(all) < 60 or (len(alone) < 20 and time.monotonic() < end):
    wall, cpu = time.perf_counter(), time.process_time()
    loop()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    all.append(cpu)
    if cpu > 0.98 * wall: alone.append(cpu)
print(min(alone or all) * 1000, len(alone))`;

const measurement = z.strictObject({
  /** 1 = the reference machine, 0.5 = half as fast. */
  speed: z.number().positive(),
  /** Had the machine a core to spare? If not, a later measurement that is faster takes its place. */
  idle: z.boolean(),
});
const speedsFile = z.strictObject({ format: z.literal('bench-speeds/1'), speeds: z.record(z.string(), measurement) });

type Measurement = z.infer<typeof measurement>;

const known = new Map<string, Promise<number>>();

/**
 * Speed of this machine at running Python, 1 = the reference machine, 0.5 = half as fast. Read from `speeds.json` of the folder;
 * measured, and stored there, where it is missing or comes from a machine without an idle core. Once a process.
 *
 * @param folder where it is kept; a folder that cannot be read or written costs a measurement a process
 */
export function machineSpeed(python: Python, folder: string): Promise<number> {
  const key = `${folder} ${python.executable}`;
  return getOrInsert(known, key, () => storedSpeed(python, folder, () => measured(python)));
}

/** As `machineSpeed`, asked anew each time, by any means of measuring. */
export async function storedSpeed(
  { executable, version }: Pick<Python, 'executable' | 'version'>,
  folder: string,
  measure: () => Promise<Measurement>,
): Promise<number> {
  const file = join(folder, 'speeds.json');
  const key = `${processorName()}, ${availableParallelism()} cores, Python ${version}, ${executable}`;
  const stored = (await readSpeeds(file))[key];
  if (stored?.idle) return stored.speed;
  const now = await measure();
  // What else runs makes a measurement slower, never faster.
  const best = { speed: Math.max(now.speed, stored?.speed ?? 0), idle: now.idle };
  await keepJson(file, { format: 'bench-speeds/1', speeds: { ...(await readSpeeds(file)), [key]: best } });
  return best.speed;
}

async function measured(python: Python): Promise<Measurement> {
  const { stdout } = await run(python.executable, ['-I', '-S', '-c', MEASURE]);
  const [ms, alone] = stdout.split(' ').map(Number);
  const [load = 0] = loadavg();
  return { speed: REFERENCE_MS / (ms as number), idle: alone !== 0 && load <= availableParallelism() - 1 };
}

const readSpeeds = async (file: string): Promise<Readonly<Record<string, Measurement>>> =>
  (await readKept(file, speedsFile))?.speeds ?? {};
