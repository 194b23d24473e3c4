/** Opens engines. Each is imported when it is opened: they load native code. */
import { HarnessError, notSupported } from '../core/errors.ts';
import {
  addedEngines,
  type DeviceChoice,
  type Engine,
  type EngineKind,
  type EngineName,
  engineNames,
  type WeightDtype,
} from './engine.ts';

const OPEN: Readonly<Record<EngineName, EngineKind['open']>> = {
  onnx: async (threads, dtype, device, beside) =>
    (await import('./onnx/engine.ts')).onnxEngine({
      dtype,
      device,
      beside,
      ...(threads === null ? {} : { threads }),
    }),
  tfjs: async () => (await import('./tfjs/engine.ts')).tfjsEngine(),
  reference: async () => (await import('./reference.ts')).referenceEngine(),
};

/**
 * @param beside false: no program of it computes beside this thread
 * @throws HarnessError 'unknown-name', 'engine' when its library or the device cannot be used, 'not-supported' when it does not
 *   hold weights in the dtype, or knows no such device
 */
export async function engineOf(
  name: string,
  threads: number | null,
  dtype: WeightDtype = 'float32',
  device: DeviceChoice = 'cpu',
  beside = true,
): Promise<Engine> {
  const kinds = [...Object.entries(OPEN).map(([each, open]) => ({ name: each, open })), ...addedEngines()];
  const kind = kinds.find((each) => each.name === name);
  if (kind === undefined) {
    throw new HarnessError('unknown-name', `no engine is called ${name}; known: ${engineNames().join(', ')}`);
  }
  const made = await kind.open(threads, dtype, device, beside);
  const engine = device === 'auto' ? sayingWhere(made) : made;
  if (device !== 'cpu' && device !== 'auto' && engine.device?.name !== device) throw elsewhere(device, engine);
  if (dtype === 'float32' || engine.dtype === dtype) return engine;
  const found = `--dtype ${dtype}: expected an engine that holds weights in it, found ${engine.name}, which computes in ${engine.dtype}`;
  throw notSupported(found, 'choose --engine onnx, or leave --dtype out');
}

const elsewhere = (device: DeviceChoice, { name }: Engine): HarnessError =>
  notSupported(
    `--device ${device}: expected an engine that computes there, found ${name}`,
    'choose --engine onnx, or leave --device out',
  );

/** What `auto` took is said, also by an engine that has one device. */
function sayingWhere(engine: Engine): Engine {
  const { name, dtype, device, notes = [] } = engine;
  if (notes.some((note) => note.startsWith('--device auto'))) return engine;
  const taken = `--device auto: ${device?.name ?? 'cpu'}, where engine ${name} computes`;
  const given = device === undefined ? {} : { device };
  return { name, dtype, ...given, notes: [...notes, taken], compile: engine.compile.bind(engine) };
}
