import type { BlockedWeight, DenseWeight, Dim } from '../../tensor/ops.ts';
import type { PackedPart, PackedUse } from '../packed/packed-use.ts';
import type { ELEMENT_TYPE, GraphProto } from './proto.ts';

type Shape = readonly Dim[];

export type Attributes = Readonly<
  Record<string, number | string | readonly number[] | { readonly float: number } | { readonly graph: GraphProto }>
>;

/** Ids by which a graph looks rows or columns up: their value's name, and how many there are. */
export interface Lookup {
  readonly ids: string;
  readonly size: Dim;
}

/** A value of the graph: its name and shape. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  /** Of a weight of the checkpoint, as it is: its name there. */
  readonly weight?: string;
  /** Of an `argmax`: what it is of. */
  readonly argmaxOf?: Value;
}

/** Stands for an input that a node does not have. */
export const ABSENT: Value = { name: '', shape: [] };

/** Of a branch, with their element types. */
export type BranchValues = readonly (readonly [Value, keyof typeof ELEMENT_TYPE])[];

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
  /**
   * ONNX's `If`: values of one branch where a condition `[1]` holds, those of the other where it does not; only the nodes of one are computed. What is
   * made in a branch cannot be read outside it, and what comes out of it must be made by a node in it.
   *
   * @param shapes of the values, of either branch
   */
  conditional(
    condition: Value,
    shapes: readonly Shape[],
    thenBranch: () => BranchValues,
    elseBranch: () => BranchValues,
  ): readonly Value[];
  /** The value, with its shape stated (`value_info`) where it does not follow from the nodes: onnxruntime then uses memory of one shape again. */
  withShape(value: Value): Value;
  /** `[..., 1]`, also of an `argmax` where no kernel moves 64-bit integers. */
  column(index: Value): Value;
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
  /** Graphs name files relative to it. */
  readonly folder: string;
  /** @throws RangeError where the checkpoint has no such weight */
  shapeOf(name: string): readonly number[];
  /** A weight as it is published, or decoded. */
  dense(name: string): DenseWeight;
  /** An array of a weight in fewer bits. */
  packed(use: PackedUse, part: string): PackedPart;
  /** Of a weight that its file holds in blocks. */
  blocksOf(name: string): BlockedWeight | undefined;
}
