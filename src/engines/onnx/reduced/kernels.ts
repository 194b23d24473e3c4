/** What a dtype of weights changes in a graph: products with weights, and rows of tables. */
import * as rules from '../../../tensor/shape-rules.ts';
import type { FormName, PackedUse } from '../../packed/packed-use.ts';
import type { Value } from '../value.ts';

/** A matrix of the checkpoint as a linear layer reads it: `[I, J]`, or `[J, I]` with `transposed`. */
export interface LinearWeight {
  readonly weight: string;
  readonly shape: rules.Shape;
  readonly transposed: boolean;
}

/** null for a weight that is multiplied, or looked up, as float32 all the same. */
export interface ReducedKernels {
  /** `x [N, I] · weight + bias → [N, J]`. */
  linear(x: Value, weight: LinearWeight, bias: Value | null, shape: rules.Shape): Value | null;
  /** Rows of a table: `[V, C], [...] → [..., C]`. */
  gather(weight: string, table: rules.Shape, ids: Value): Value | null;
}

export const linearUse = ({ weight, shape, transposed }: LinearWeight, form: FormName): PackedUse => ({
  weight,
  form,
  shape: shape as readonly number[],
  outputsFirst: transposed,
});

export const tableUse = (weight: string, table: rules.Shape, form: FormName): PackedUse =>
  linearUse({ weight, shape: table, transposed: true }, form);

/** Inputs of each output of a linear layer. */
export const inputsOf = ({ shape, transposed }: LinearWeight): number => shape[transposed ? 1 : 0] as number;

/** The shape of rows of a table. */
export const rowsShape = (table: rules.Shape, ids: Value): rules.Shape => rules.gatherShape(table, ids.shape);

/** `make`, called once for each value: layers that read the same input share what is made of it. */
export function oncePerValue<Made>(make: (x: Value) => Made): (x: Value) => Made {
  const made = new Map<string, Made>();
  return (x) => {
    const known = made.get(x.name) ?? make(x);
    made.set(x.name, known);
    return known;
  };
}
