/** What a device refuses, in one sentence each, with what helps. */
import { HarnessError, notSupported } from '../../../core/errors.ts';
import type { DeviceName, WeightDtype } from '../../engine.ts';
import { DEVICE_DTYPES, PLATFORM } from './device.ts';

const ON_CPU = 'leave --device out to compute on the CPU';
const LISTED = '`bench doctor` lists what is here';

/** How NVIDIA's provider is fetched; `.npmrc` and npm's own policy leave it out. */
export const GET_CUDA = 'ONNXRUNTIME_NODE_INSTALL=true npm rebuild onnxruntime-node';

const refusal = (message: string, hint: string, cause?: unknown): HarnessError =>
  new HarnessError('engine', message, { hint, ...(cause === undefined ? {} : { cause }) });

export const otherPlatform = (device: DeviceName, found: string): HarnessError =>
  refusal(`--device ${device}: expected ${PLATFORM[device]}, found ${found}`, `${ON_CPU}; ${LISTED}`);

export const noCudaLibraries = (folder: string): HarnessError =>
  refusal(`--device cuda: expected libonnxruntime_providers_cuda.so in ${folder}, found none`, `run \`${GET_CUDA}\``);

/** @param found what was tried, in the words of the library or the system */
export function noAdapter(device: DeviceName, found: string, cause?: unknown): HarnessError {
  const message = `--device ${device}: expected a graphics adapter, found ${found}`;
  return refusal(message, `install its Vulkan driver and libvulkan.so.1, or ${ON_CPU}; ${LISTED}`, cause);
}

export const notProbed = (device: DeviceName, found: string): HarnessError =>
  refusal(`--device ${device}: expected results as on the CPU, found ${found}`, `${ON_CPU}; update the driver`);

export function otherDtype(device: DeviceName, dtype: WeightDtype): HarnessError {
  const message = `--dtype: expected one in which ${device} computes (${DEVICE_DTYPES.join(', ')}), found ${dtype}`;
  return notSupported(message, `choose one of these, or ${ON_CPU}`);
}

export const noFloat16 = (device: DeviceName): HarnessError =>
  new HarnessError(
    'not-supported',
    `--dtype float16: expected an adapter that computes in it, found ${device} without`,
    {
      hint: 'leave --dtype out',
    },
  );

/** Why a session could not be made, from what onnxruntime says. */
export function refusedSession(device: DeviceName, program: string, cause: Error): HarnessError {
  const said = firstLine(cause);
  if (/adapter/i.test(said)) return noAdapter(device, 'none that WebGPU supports', cause);
  if (/fallback to CPU EP has been explicitly disabled/.test(said)) {
    const message = `--device ${device}: expected a kernel for every operation of the ${program} program, found some that only the CPU has`;
    return refusal(message, ON_CPU, cause);
  }
  if (device === 'cuda' && /load library|lib\w+\.so|CUDA|CUDNN/i.test(said)) {
    return refusal(`--device cuda: expected CUDA 12, cuDNN 9 and a card, found ${said}`, ON_CPU, cause);
  }
  return refusal(`--device ${device}: could not load the ${program} program: ${said}`, ON_CPU, cause);
}

/** A device that ends, or refuses memory, in the middle of a run. */
export function stopped(device: DeviceName, cause: Error): HarnessError {
  const hint =
    'what is stored stays: repeat the command to go on where it stopped, with a smaller --batch-tokens if memory ran out';
  return refusal(`--device ${device}: stopped in the middle of a forward pass: ${firstLine(cause)}`, hint, cause);
}

/** Without the place in onnxruntime's sources that it begins with. */
function firstLine({ message }: Error): string {
  const [line = ''] = message.split('\n');
  return line.replace(/^\/\S+:\d+ .*? was false\. /, '').slice(0, 300);
}
