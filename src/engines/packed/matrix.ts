/** A weight of a linear layer or the rows of a table, as numbers of outputs and inputs: a table's rows are outputs. */
export interface Matrix {
  readonly outputs: number;
  readonly inputs: number;
  /** Stored `[outputs, inputs]`; false: `[inputs, outputs]`. */
  readonly outputsFirst: boolean;
}

export function matrixOf(shape: readonly number[], outputsFirst: boolean): Matrix {
  const [first, second] = shape;
  if (first === undefined || second === undefined || shape.length !== 2) {
    throw new RangeError(`expected a matrix, found a weight of shape [${shape.join(', ')}]`);
  }
  return outputsFirst
    ? { outputs: first, inputs: second, outputsFirst }
    : { outputs: second, inputs: first, outputsFirst };
}

/** Steps from one output, and from one input, to the next in the stored values. */
export const stepsOf = ({ outputs, inputs, outputsFirst }: Matrix): readonly [output: number, input: number] =>
  outputsFirst ? [inputs, 1] : [1, outputs];
