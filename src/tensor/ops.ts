/**
 * The operations in which every net is written, once. An engine is an interpreter of this interface: `T` is a shape
 * (`shapes`), an array (`reference`) or the name of a value in a graph (`onnx`); a net never learns which.
 *
 * Shape letters, here and in every comment: **N** tokens of all sequences laid end to end, **B** sequences, **L** slots
 * of a sequence, **C** width, **H** heads, **D** head width, **V** vocabulary rows, **R** rows that are read, **G** key and
 * value heads (G < H where query heads share them), **P** slots of a past.
 *
 * Tokens are kept flat, `[N, C]`, so that sequences of different length waste nothing; only attention sees `[B, L]`.
 */
export type Dtype = 'float32' | 'int32';
/** A number, or a letter that stands for a size known only when the program runs. */
export type Dim = number | string;

export interface TensorSpec {
  readonly dtype: Dtype;
  readonly dims: readonly Dim[];
}

/** A tensor in JavaScript memory, row-major. */
export interface HostTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Element-wise operations broadcast as NumPy does: shapes align at the right, a size of 1 stretches. */
export interface Ops<T> {
  /** A weight of the checkpoint, by its name in the net's vocabulary. */
  weight(name: string): T;
  scalar(value: number): T;
  /** Rows of a table: `[V, C], [...] → [..., C]`. */
  gather(table: T, ids: T): T;
  /** One element a row: `[R, V], [R] → [R]`. */
  take(x: T, index: T): T;
  /** `[..., I, K] × [..., K, J] → [..., I, J]`; with `transposeA`, a is `[..., K, I]`; with `transposeB`, b is `[..., J, K]`. */
  matmul(a: T, b: T, options?: MatmulOptions): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  exp(x: T): T;
  log(x: T): T;
  tanh(x: T): T;
  sqrt(x: T): T;
  /** Sum over the last axis, which stays with size 1. */
  sum(x: T): T;
  /** Largest value of the last axis, which stays with size 1. */
  max(x: T): T;
  /** Index of the first largest value of each row: `[R, V] → [R]`. */
  argmax(x: T): T;
  /** Part of the last axis: `[..., C] → [..., end − start]`. */
  slice(x: T, start: number, end: number): T;
  /** Joins two tensors on the last axis. */
  concat(a: T, b: T): T;
  /** `[..., H·D] → [..., H, D]`. */
  splitLast(x: T, heads: number): T;
  /** `[..., H, D] → [..., H·D]`. */
  mergeLast(x: T): T;
  /** Swaps axes 1 and 2 of a tensor of four: `[B, L, H, D] ↔ [B, H, L, D]`. */
  swapMiddle(x: T): T;
  /** Joins the first two axes: `[B, L, …] → [B·L, …]`. */
  flatten(x: T): T;
  /** Repeats each entry of axis 1 in place: `[B, G, L, D] → [B, G·times, L, D]` (grouped-query attention). */
  repeatHeads(x: T, times: number): T;

  // What derivatives of the operations above are made of (`tape.ts`).

  /** 1 where the entries are equal, else 0; broadcasts. */
  equal(a: T, b: T): T;
  /** Undoes broadcasting: sums over leading axes that `like` lacks and over axes that have size 1 in it. */
  sumTo(x: T, like: T): T;
  /** Stretches x to the shape of `like`. */
  stretch(x: T, like: T): T;
  zerosLike(x: T): T;
  /** Zeros on both sides of the last axis: `[..., C] → [..., before + C + after]`. */
  pad(x: T, before: number, after: number): T;
  /** `table` with each row of `updates` added to the row of its id, repeated ids in order: `[V, C], [...], [..., C] → [V, C]`. */
  addRows(table: T, ids: T, updates: T): T;
  /** x with `values` added, one entry a row: `[R, V], [R], [R] → [R, V]`. */
  addAt(x: T, index: T, values: T): T;
  /** Splits the first axis: `[B·L, …] → [B, L, …]`. */
  unflatten(x: T, length: number): T;
  /** Adds up each run of `times` heads: `[B, G·times, L, D] → [B, G, L, D]`. */
  sumHeads(x: T, times: number): T;
  /** Kernels an engine has for whole layers. Each agrees with its definition in `layers.ts` (a conformance test). */
  readonly fused: Partial<FusedOps<T>>;
}

export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** LayerNorm and what its derivative reads: each row's mean and 1 / √(variance + ε), `[N, 1]`. */
export interface LayerNormParts<T> {
  readonly normed: T;
  readonly mean: T;
  readonly inverse: T;
}

/** The operations of which derivatives are made, beside those that nets use. */
export type DerivativeOp =
  | 'equal'
  | 'sumTo'
  | 'stretch'
  | 'zerosLike'
  | 'pad'
  | 'addRows'
  | 'addAt'
  | 'unflatten'
  | 'sumHeads';

export interface FusedOps<T> {
  /** `x · weight + bias`; weight `[I, J]`, or `[J, I]` with `transposed`. */
  linear(x: T, weight: T, bias: T | null, transposed: boolean): T;
  layerNorm(x: T, gain: T, bias: T, epsilon: number): T;
  layerNormParts(x: T, gain: T, bias: T, epsilon: number): LayerNormParts<T>;
  geluTanh(x: T): T;
  softmax(x: T): T;
  logSoftmax(x: T): T;
  /** `[R, V], [R] → [R]`. */
  crossEntropy(logits: T, targets: T): T;
  /** `q, k, v [B, L, H·D]`, `bias [B, 1, L, L]` → `[B, L, H·D]`. */
  attention(q: T, k: T, v: T, bias: T, heads: number): T;
}

/** A computation over named inputs, written for any engine. */
export interface Program<In extends string, Out extends string> {
  readonly name: string;
  readonly inputs: Readonly<Record<In, TensorSpec>>;
  readonly outputs: Readonly<Record<Out, TensorSpec>>;
  build<T>(ops: Ops<T>, inputs: Readonly<Record<In, T>>): Readonly<Record<Out, T>>;
}

/** A weight in place in its published file, little-endian and row-major; the engine maps or reads it from there. */
export interface DenseWeight {
  readonly file: string;
  readonly offset: number;
  readonly byteLength: number;
  readonly dtype: 'F32' | 'F16' | 'BF16';
  readonly shape: readonly number[];
}

/** A weight that files hold in another form: in blocks of few bits, in another order, in several parts. */
export interface DecodedWeight {
  /** The smallest format that holds every value exactly. */
  readonly dtype: DenseWeight['dtype'];
  readonly shape: readonly number[];
  /** What the values are made of: equal keys mean equal values, as long as no file changes. */
  readonly key: string;
  /** All values, row-major, in memory that is the caller's. */
  values(): Promise<Float32Array>;
  /** The blocks of a matrix that files hold in blocks of 32 values with one scale; absent for all others. */
  readonly blocks?: BlockedWeight;
}

export interface BlockedWeight {
  readonly bits: 4 | 8;
  /** The axis of the shape along which a block runs. */
  readonly along: 0 | 1;
  read(): Promise<WeightBlocks>;
}

/** value = scale · (level − 8), or 128 with 8 bits. B blocks a row, rows as of the axis along which no block runs. */
export interface WeightBlocks {
  /** `[rows, B, 16 or 32]`: of 4 bits, byte j holds values 2j (low half) and 2j + 1. */
  readonly levels: Uint8Array;
  /** `[rows, B]`. */
  readonly scales: Float32Array;
}

export type WeightSource = DenseWeight | DecodedWeight;

export const isDecoded = (source: WeightSource): source is DecodedWeight => 'values' in source;

export type Weights = ReadonlyMap<string, WeightSource>;
