import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type ImportModule, loadTfjs, type Tf } from './runtime.ts';

const GPU = '@tensorflow/tfjs-node-gpu';
const CPU = '@tensorflow/tfjs-node';

/** How Node says that a package is not there. */
const absent = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from engine.js`), { code: 'ERR_MODULE_NOT_FOUND' });

/** Loads what is named here, and everything else as Node does, but never a native package. */
function importing(installed: Readonly<Record<string, () => unknown>>): ImportModule {
  return async (name) => {
    if (name in installed) return installed[name]?.();
    if (name === GPU || name === CPU) throw absent(name);
    return import(name);
  };
}

let umbrella: Tf;
beforeAll(async () => {
  umbrella = (await import('@tensorflow/tfjs')) as Tf;
});

/** A native package: the umbrella with another backend. */
const native = (isUsingGpuDevice: boolean) => () => ({
  default: { ...umbrella, backend: () => ({ binding: { TF_Version: '2.9.1' }, isUsingGpuDevice }) },
});

describe('the tfjs that runs', () => {
  it('is WebAssembly where no native package is installed, and says so', async () => {
    const { name, backend, passedOver } = await loadTfjs(importing({}));
    expect(name).toBe(`tfjs-wasm ${umbrella.version_core} (simd, 1 thread)`);
    expect(backend).toBe('wasm');
    expect(passedOver).toEqual([
      { name: GPU, reason: 'not installed' },
      { name: CPU, reason: 'not installed' },
    ]);
  });

  it('is the GPU package before all others', async () => {
    const found = await loadTfjs(importing({ [GPU]: native(true), [CPU]: native(false) }));
    expect(found).toMatchObject({ name: 'tfjs-node-gpu 4.22.0 (libtensorflow 2.9.1, gpu)', backend: 'tensorflow' });
    expect(found.passedOver).toEqual([]);
  });

  it('is the CPU package where there is no GPU package', async () => {
    const found = await loadTfjs(importing({ [CPU]: native(false) }));
    expect(found).toMatchObject({ name: 'tfjs-node 4.22.0 (libtensorflow 2.9.1, cpu)', backend: 'tensorflow' });
    expect(found.passedOver).toEqual([{ name: GPU, reason: 'not installed' }]);
  });

  it('names a GPU package that found no GPU by what it runs on', async () => {
    const { name } = await loadTfjs(importing({ [GPU]: native(false) }));
    expect(name).toBe('tfjs-node-gpu 4.22.0 (libtensorflow 2.9.1, cpu)');
  });

  it('passes over a native package that is installed but broken, with its own words', async () => {
    const broken = () => {
      throw new Error('libcudart.so.11.0: cannot open shared object file\nat dlopen');
    };
    const missingPart = () => {
      throw absent('node-pre-gyp');
    };
    const { backend, passedOver } = await loadTfjs(importing({ [GPU]: broken, [CPU]: missingPart }));
    expect(backend).toBe('wasm');
    expect(passedOver.map(({ reason }) => reason)).toEqual([
      'does not load: libcudart.so.11.0: cannot open shared object file',
      "does not load: Cannot find package 'node-pre-gyp' imported from engine.js",
    ]);
  });

  it('is an error that names what to install where there is no TensorFlow.js', async () => {
    const nothing: ImportModule = async (name) => {
      throw absent(name);
    };
    await expect(loadTfjs(nothing)).rejects.toMatchObject({
      code: 'engine',
      message: 'TensorFlow.js is not installed',
      hint: expect.stringContaining('npm install @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0'),
    });
    const withoutWasm = importing({
      '@tensorflow/tfjs-backend-wasm': () => {
        throw absent('@tensorflow/tfjs-backend-wasm');
      },
    });
    await expect(loadTfjs(withoutWasm)).rejects.toMatchObject({ message: 'TensorFlow.js is not installed' });
  });

  it('is an error with a way out where not even WebAssembly starts', async () => {
    const broken: ImportModule = async (name) => {
      throw name === '@tensorflow/tfjs' ? new Error('not a module') : absent(name);
    };
    await expect(loadTfjs(broken)).rejects.toMatchObject({
      code: 'engine',
      message: 'tfjs could not be started: not a module',
      hint: expect.stringContaining('npm ci'),
    });
  });
});

it('prints nothing, not even on the first use of the cpu backend', async () => {
  const { tf } = await loadTfjs(importing({}));
  const spies = (['log', 'info', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level));
  await tf.setBackend('cpu');
  tf.tidy(() => tf.add(tf.ones([3]), 1).dataSync());
  await tf.setBackend('wasm');
  for (const spy of spies) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }
});
