/** A matrix with its low-rank update, in float64 and rounded once. */

/** `W [O, I]` is a linear's matrix as it multiplies: a row for each output. */
export interface Update {
  /** `[r, I]`, row-major. */
  readonly a: Float32Array;
  /** `[O, r]`, row-major. */
  readonly b: Float32Array;
  readonly rank: number;
  readonly scaling: number;
  /** `[O]`: lengths that rows get (DoRA); null: those that the sum gives them. */
  readonly lengths: Float32Array | null;
}

/**
 * W + scaling · B·A, each row then of the length that it is to have; in the place of `weights`.
 *
 * @param weights    all values of the matrix
 * @param isInputMajor  whether they are stored `[I, O]`
 * @source Hu et al. 2021 (arXiv 2106.09685); Liu et al. 2024 (DoRA, arXiv 2402.09353), equation 5
 */
export function merge(weights: Float32Array, update: Update, isInputMajor: boolean): Float32Array {
  const { a, b, rank } = update;
  const [inputs, outputs] = [a.length / rank, b.length / rank];
  const row = new Float64Array(inputs);
  for (let o = 0; o < outputs; o++) {
    const [start, step] = isInputMajor ? [o, outputs] : [o * inputs, 1];
    for (let i = 0; i < inputs; i++) row[i] = weights[start + i * step] as number;
    addUpdate(row, update, o);
    const factor = update.lengths === null ? 1 : (update.lengths[o] as number) / lengthOf(row);
    for (let i = 0; i < inputs; i++) weights[start + i * step] = (row[i] as number) * factor;
  }
  return weights;
}

function addUpdate(row: Float64Array, { a, b, rank, scaling }: Update, o: number): void {
  for (let k = 0; k < rank; k++) {
    const factor = scaling * (b[o * rank + k] as number);
    const at = k * row.length;
    for (let i = 0; i < row.length; i++) row[i] = (row[i] as number) + factor * (a[at + i] as number);
  }
}

function lengthOf(row: Float64Array): number {
  let sum = 0;
  for (const value of row) sum += value * value;
  return Math.sqrt(sum);
}
