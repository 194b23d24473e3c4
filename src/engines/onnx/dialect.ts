/** In which of onnxruntime's operations a graph is written: not every provider has all of them, or has them right. */
import type { FusedOps } from '../../tensor/ops.ts';

/** Kernels of whole layers, and of products with a transposed operand; what a layer is spelled out with stands before it. */
export const KERNELS = [
  ...(['linear', 'fusedMatmul', 'layerNorm', 'layerNormParts', 'geluTanh'] as const),
  ...(['softmax', 'logSoftmax', 'attention'] as const),
] as const;
export type Kernel = (typeof KERNELS)[number];

export interface Dialect {
  /** Those that may be used; all else is spelled out. */
  readonly kernels: ReadonlySet<Kernel>;
  /** Operations of one input whose kernels lose its NaN, by ONNX's names. */
  readonly guarded: ReadonlySet<string>;
  /** Are there kernels for 64-bit integers? Without them, outputs of int32 leave the graph as int64. */
  readonly castsIntegers: boolean;
}

export const ALL_KERNELS: Dialect = { kernels: new Set(KERNELS), guarded: new Set(), castsIntegers: true };
export const SPELLED_OUT: Dialect = { ...ALL_KERNELS, kernels: new Set() };

/** Kernels of layers, by their names in `FusedOps`. */
export type LayerKernel = Kernel & keyof FusedOps<unknown>;
