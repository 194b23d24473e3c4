import type { WeightDtype } from '../../engine.ts';
import type { Sessions } from '../sessions.ts';
import { sumsAreExact } from './integer-sums.ts';

/** What a dtype of weights asks of a session of onnxruntime, by the groups of its configuration. */
export interface ReducedSettings {
  readonly session?: Readonly<Record<string, string>>;
  readonly optimization?: Readonly<Record<string, string>>;
}

export async function reducedSettings(sessions: Sessions, dtype: WeightDtype): Promise<ReducedSettings> {
  // Constants that are widened would be widened once, for good.
  if (dtype === 'bfloat16') return { optimization: { disable_specified_optimizers: 'ConstantFolding' } };
  const isInteger = dtype === 'int8' || dtype === 'int8x2';
  return isInteger && !(await sumsAreExact(sessions)) ? { session: { x64quantprecision: '1' } } : {};
}
