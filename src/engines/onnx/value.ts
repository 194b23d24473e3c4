import type { BlockedWeight, DenseWeight } from '../../tensor/ops.ts';
import type { Shape } from '../../tensor/shape-rules.ts';
import type { PackedPart, PackedUse } from '../packed/packed-use.ts';
import type { Attributes } from './graph-protos.ts';

/** A value of the graph: its name and shape. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  /** Of a weight of the checkpoint, as it is: its name there. */
  readonly weight?: string;
}

/** Stands for an input that a node does not have. */
export const ABSENT: Value = { name: '', shape: [] };

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
  /** A float32 constant, `[]`. */
  scalar(value: number): Value;
  /** A constant of any element type. @param key equal keys mean equal constants */
  constant(key: string, dims: readonly number[], type: number, bytes: Uint8Array): Value;
  /**
   * An array of a weight that is held in fewer bits.
   *
   * @param name  of the array in the form
   * @param shape to read it in; default: the form's
   */
  part(use: PackedUse, name: string, shape?: Shape): Value;
  /** Of a weight that its file holds in blocks. */
  blocksOf(weight: string): BlockedWeight | undefined;
}

/** Where the weights that a graph reads lie. */
export interface WeightPlaces {
  /** @throws RangeError where the checkpoint has no such weight */
  shapeOf(name: string): readonly number[];
  /** A weight as it is published, or decoded. */
  dense(name: string): DenseWeight;
  /** An array of a weight in fewer bits. */
  packed(use: PackedUse, part: string): PackedPart;
  /** Of a weight that its file holds in blocks. */
  blocksOf(name: string): BlockedWeight | undefined;
}
