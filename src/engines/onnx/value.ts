import type { Shape } from '../../tensor/shape-rules.ts';
import type { Attributes } from './graph-protos.ts';

/** A value of the graph: its name and shape. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
}

/** A graph that grows node by node. */
export interface GraphNodes {
  /** Adds a node with one output. */
  node(type: string, inputs: readonly Value[], shape: Shape, attributes?: Attributes, domain?: string): Value;
  /** Adds a node with one output for each shape. */
  nodeOf(
    type: string,
    inputs: readonly Value[],
    shapes: readonly Shape[],
    attributes?: Attributes,
    domain?: string,
  ): readonly Value[];
  /** A constant, `[values.length]`. */
  ints(values: readonly number[]): Value;
}
