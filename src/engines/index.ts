/** Opens engines. Each is imported when it is opened: they load native code. */
import { HarnessError } from '../core/errors.ts';
import { addedEngines, type Engine, type EngineKind, type EngineName, engineNames } from './engine.ts';

const OPEN: Readonly<Record<EngineName, EngineKind['open']>> = {
  onnx: async (threads) => (await import('./onnx/engine.ts')).onnxEngine(threads === null ? {} : { threads }),
  tfjs: async () => (await import('./tfjs/engine.ts')).tfjsEngine(),
  reference: async () => (await import('./reference.ts')).referenceEngine(),
};

/** @throws HarnessError 'unknown-name', 'engine' when its library cannot be loaded */
export async function engineOf(name: string, threads: number | null): Promise<Engine> {
  const kinds = [...Object.entries(OPEN).map(([each, open]) => ({ name: each, open })), ...addedEngines()];
  const kind = kinds.find((each) => each.name === name);
  if (kind !== undefined) return kind.open(threads);
  throw new HarnessError('unknown-name', `no engine is called ${name}; known: ${engineNames().join(', ')}`);
}
