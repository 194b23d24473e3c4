/** Opens the device that is asked for, and none in its place. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { getOrInsert } from '../../../core/collect.ts';
import { HarnessError } from '../../../core/errors.ts';
import type { Program } from '../../../tensor/ops.ts';
import { AUTO_ORDER, type DeviceChoice, type DeviceName, type WeightDtype } from '../../engine.ts';
import { type Dialect, SPELLED_OUT } from '../dialect.ts';
import type { Sessions } from '../sessions.ts';
import { adaptersOf } from './adapters.ts';
import { type CompileOn, CPU, DEVICE_DTYPES, type Device, PLATFORM, PROVIDERS } from './device.ts';
import { computesFloat16 } from './float16-probe.ts';
import { type Probed, probeDevice } from './probe.ts';
import { noAdapter, noCudaLibraries, noFloat16, notProbed, otherDtype, otherPlatform } from './refusals.ts';

export interface Library {
  readonly sessions: Sessions;
  readonly compileOn: CompileOn;
}

export interface OpenedDevice {
  readonly device: Device;
  /** What a choice of `auto` passed over. */
  readonly notes: readonly string[];
}

/**
 * @throws HarnessError 'engine' where the device is not here or does not compute as it should; 'not-supported' for a dtype in which
 *   it does not compute
 */
export async function openDevice(library: Library, choice: DeviceChoice, dtype: WeightDtype): Promise<OpenedDevice> {
  if (choice !== 'auto') return { device: await openNamed(library, choice, dtype), notes: [] };
  const passed: string[] = [];
  for (const name of AUTO_ORDER) {
    try {
      if (name === 'webgpu') requireHardware();
      return { device: await openNamed(library, name, dtype), notes: notesOf(name, passed) };
    } catch (error) {
      if (!(error instanceof HarnessError) || name === 'cpu') throw error;
      if (isOfPlatform(name)) passed.push(error.message.replace(/^--device /, ''));
    }
  }
  throw new TypeError('the CPU is in the order');
}

const notesOf = (taken: DeviceName, passed: readonly string[]): readonly string[] => [
  `--device auto: ${taken}${passed.map((reason) => `; ${reason}`).join('')}`,
];

/** An adapter in software is slower than the CPU; it is taken where it is asked for. */
function requireHardware(): void {
  const software = adaptersOf().filter(({ isSoftware }) => isSoftware);
  if (software.length > 0 && software.length === adaptersOf().length) {
    throw noAdapter('webgpu', `${software.map(({ name }) => name).join(', ')} in software alone`);
  }
}

const isOfPlatform = (name: DeviceName): boolean => PLATFORM[name] === null || PLATFORM[name] === process.platform;

async function openNamed(library: Library, name: DeviceName, dtype: WeightDtype): Promise<Device> {
  if (name === 'cpu') return CPU;
  if (!DEVICE_DTYPES.includes(dtype)) throw otherDtype(name, dtype);
  const { dialect, fault } = await probedDevice(library, name);
  if (fault !== null) throw notProbed(name, fault);
  if (dtype === 'float16' && !(await computesFloat16(library.sessions, name))) throw noFloat16(name);
  return { name, provider: PROVIDERS[name], dialect };
}

const PROBED = new Map<DeviceName, Promise<Probed>>();

/**
 * What the probe found, once a process.
 *
 * @throws HarnessError 'engine' where the device is not here
 */
export async function probedDevice({ compileOn }: Library, name: DeviceName): Promise<Probed> {
  requireHere(name);
  return getOrInsert(PROBED, name, () => probe(compileOn, name));
}

/** Sessions of a device that is open share its compiled kernels: the last one that is released takes them along, so one is kept. */
const KEPT: unknown[] = [];

const ONE: Program<'x', 'y'> = {
  name: 'first',
  inputs: { x: { dtype: 'float32', dims: ['N'] } },
  outputs: { y: { dtype: 'float32', dims: ['N'] } },
  build: (ops, { x }) => ({ y: ops.add(x, x) }),
};

async function probe(compileOn: CompileOn, name: DeviceName): Promise<Probed> {
  const compileIn = (dialect: Dialect, program: Program<string, string>) =>
    compileOn({ name, provider: PROVIDERS[name], dialect }, program);
  KEPT.push(await compileIn(SPELLED_OUT, ONE));
  return probeDevice(compileIn);
}

/** What can be known without asking the device. */
function requireHere(name: DeviceName): void {
  if (!isOfPlatform(name)) throw otherPlatform(name, process.platform);
  if (name === 'webgpu' && adaptersOf().length === 0) throw noAdapter(name, 'no card and no Vulkan driver');
  if (name !== 'cuda') return;
  // Products in float32 rather than TF32, wherever cuBLAS has the choice.
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  const folder = libraryFolder();
  if (!existsSync(join(folder, 'libonnxruntime_providers_cuda.so'))) throw noCudaLibraries(folder);
}

/** Where onnxruntime-node has its native code. */
function libraryFolder(): string {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  return join(dirname(main), '../bin/napi-v6', process.platform, process.arch);
}
