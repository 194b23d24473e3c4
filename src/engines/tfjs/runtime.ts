/**
 * Which TensorFlow.js runs here: native code on a GPU, native code on the CPU, or WebAssembly, the first that loads. The
 * native packages download libtensorflow when they are installed. All of them are optional peers: who wants them installs them.
 */
import type * as Tfjs from '@tensorflow/tfjs';
import { HarnessError } from '../../core/errors.ts';
import { addMissingKernels } from './missing-kernels.ts';

export type Tf = typeof Tfjs;

/** Loads a package by name. Replaced in tests, which run where no native package is installed. */
export type ImportModule = (name: string) => Promise<unknown>;

export interface TfjsRuntime {
  readonly tf: Tf;
  /** Kernel library, its version and what it runs on: the engine's name in the manifest. */
  readonly name: string;
  readonly backend: 'tensorflow' | 'wasm';
  /** Faster packages that were tried first, and why each is not used. */
  readonly passedOver: readonly { readonly name: string; readonly reason: string }[];
}

const UMBRELLA = '@tensorflow/tfjs';
const WASM = '@tensorflow/tfjs-backend-wasm';
const NATIVE = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** @throws HarnessError 'engine' when not even WebAssembly works */
export async function loadTfjs(importModule: ImportModule = (name) => import(name)): Promise<TfjsRuntime> {
  // libtensorflow writes notices to standard error while it loads; this leaves its errors.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const passedOver: { name: string; reason: string }[] = [];
  for (const name of NATIVE) {
    try {
      const tf = silenced(await namespaceOf(importModule, name));
      return { tf, name: nativeName(tf, name), backend: 'tensorflow', passedOver };
    } catch (error) {
      passedOver.push({ name, reason: reasonOf(error, name) });
    }
  }
  try {
    return { ...(await startWasm(importModule)), passedOver };
  } catch (cause) {
    throw notStarted(cause as Error);
  }
}

function notStarted(cause: Error): HarnessError {
  if ([UMBRELLA, WASM].some((name) => isAbsent(cause, name)))
    return new HarnessError('engine', 'TensorFlow.js is not installed', {
      hint: `Run \`npm install ${UMBRELLA}@4.22.0 ${WASM}@4.22.0\` (286 MB), or use \`--engine onnx\`.`,
      cause,
    });
  const hint = 'Run `npm ci` again, or use `--engine onnx`.';
  return new HarnessError('engine', `tfjs could not be started: ${cause.message}`, { hint, cause });
}

/** The umbrella package: it alone registers the gradients, and its parts cannot be imported one by one on Node. */
async function startWasm(importModule: ImportModule): Promise<Pick<TfjsRuntime, 'tf' | 'name' | 'backend'>> {
  const tf = silenced(await namespaceOf(importModule, UMBRELLA));
  await importModule(WASM);
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend refused to start');
  addMissingKernels(tf);
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true;
  return { tf, name: `tfjs-wasm ${tf.version_core} (${simd ? 'simd' : 'no simd'}, 1 thread)`, backend: 'wasm' };
}

/** CommonJS packages hand over everything as their default export. */
async function namespaceOf(importModule: ImportModule, name: string): Promise<Tf> {
  const loaded = (await importModule(name)) as { readonly default?: Tf };
  return loaded.default ?? (loaded as unknown as Tf);
}

/** Production mode only turns off the notice that the cpu backend prints on its first use, and checks for NaN. */
function silenced(tf: Tf): Tf {
  tf.enableProdMode();
  return tf;
}

interface NativeBackend {
  readonly binding?: { readonly TF_Version?: string };
  readonly isUsingGpuDevice?: boolean;
}

function nativeName(tf: Tf, packageName: string): string {
  const { binding, isUsingGpuDevice } = tf.backend() as unknown as NativeBackend;
  const device = isUsingGpuDevice ? 'gpu' : 'cpu';
  const short = packageName.slice(packageName.indexOf('/') + 1);
  return `${short} ${tf.version_core} (libtensorflow ${binding?.TF_Version ?? 'unknown'}, ${device})`;
}

function reasonOf(error: unknown, name: string): string {
  return isAbsent(error, name) ? 'not installed' : `does not load: ${(error as Error).message.split('\n')[0]}`;
}

function isAbsent(error: unknown, name: string): boolean {
  const { message, code } = error as { readonly message: string; readonly code?: string };
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`);
}
