import type { WeightDtype } from '../../engine.ts';
import type { GraphNodes } from '../value.ts';
import { bfloat16Kernels } from './bfloat16.ts';
import { fileKernels, int4Kernels } from './blocks.ts';
import { float16Kernels } from './float16.ts';
import { int8Kernels } from './int8.ts';
import { int8x2Kernels } from './int8x2.ts';
import type { ReducedKernels } from './kernels.ts';

/** Kernels of the dtypes in which weights are not as published and widened to float32. */
export const REDUCED: Partial<Readonly<Record<WeightDtype, (ops: GraphNodes) => ReducedKernels>>> = {
  float16: float16Kernels,
  bfloat16: bfloat16Kernels,
  int8: int8Kernels,
  int8x2: int8x2Kernels,
  int4: int4Kernels,
  file: fileKernels,
};
