/** Where sessions of onnxruntime compute, and what may be asked of them there. */
import type { Program } from '../../../tensor/ops.ts';
import type { DeviceName, Executable, WeightDtype } from '../../engine.ts';
import { ALL_KERNELS, type Dialect } from '../dialect.ts';

export interface Device {
  readonly name: DeviceName;
  /** As onnxruntime calls it. */
  readonly provider: string;
  readonly dialect: Dialect;
}

/** Compiles a program without weights. */
export type CompileOn = (device: Device, program: Program<string, string>) => Promise<Executable<string, string>>;

export const PROVIDERS: Readonly<Record<DeviceName, string>> = {
  cpu: 'CPUExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  cuda: 'CUDAExecutionProvider',
  coreml: 'CoreMLExecutionProvider',
  dml: 'DmlExecutionProvider',
};

export const CPU: Device = { name: 'cpu', provider: PROVIDERS.cpu, dialect: ALL_KERNELS };

/** In which weights may be held where it is not the CPU that multiplies. */
export const DEVICE_DTYPES: readonly WeightDtype[] = ['float32', 'float16'];

/** Where each provider of onnxruntime-node runs; null: everywhere. */
export const PLATFORM: Readonly<Record<DeviceName, NodeJS.Platform | null>> = {
  ...{ cpu: null, webgpu: null },
  ...{ cuda: 'linux', coreml: 'darwin', dml: 'win32' },
};
