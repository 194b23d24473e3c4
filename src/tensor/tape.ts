/**
 * Reverse-mode differentiation. A tape is an interpreter of `Ops` whose tensors remember how they were made; the backward
 * pass is then written in the operations of the interpreter underneath. Over a graph builder, a program and its derivative
 * become one graph; over arrays, both are computed at once.
 *
 * @source Griewank & Walther, Evaluating Derivatives (2008), chapter 3
 */
import type { Ops } from './ops.ts';
import type { Shape } from './shape-rules.ts';
import { tapeLayers } from './tape-layers.ts';
import { tapeOps } from './tape-ops.ts';
import { type Layout, Recorder, type Traced } from './tape-record.ts';

export type { Layout, Traced } from './tape-record.ts';

export interface Tape<T> {
  /** The operations; `weight` reads what `weightOf` gave. */
  readonly ops: Ops<Traced<T>>;
  /** A tensor by which to differentiate. */
  parameter(value: T, shape: Shape): Traced<T>;
  /** A tensor by which nothing is differentiated. */
  constant(value: T, shape: Shape): Traced<T>;
  /**
   * An index that lays out rows in their own order: reading by it moves nothing, so neither does its derivative.
   * The caller vouches that its entries are 0, 1, 2, ….
   */
  layout(value: T, shape: Shape, layout: Layout): Traced<T>;
  /**
   * Gradients of one number by parameters, each of its parameter's shape.
   *
   * @param start tensors to which gradients are added, in the order of the parameters; default: zeros
   * @throws RangeError when `of` is not one number
   */
  gradients(of: Traced<T>, parameters: readonly Traced<T>[], start?: readonly T[]): T[];
}

/** @param weightOf what a program gets when it asks for a weight by its name */
export function tape<T>(ops: Ops<T>, weightOf: (name: string, tape: Tape<T>) => Traced<T>): Tape<T> {
  const recorder = new Recorder(ops);
  const plain = tapeOps(ops, recorder);
  const made: Tape<T> = {
    ops: { ...plain, weight: (name) => weightOf(name, made), fused: tapeLayers(ops, recorder, plain) },
    parameter: (value, shape) => recorder.parameter(value, shape),
    constant: (value, shape) => recorder.constant(value, shape),
    layout: (value, shape, layout) => ({ ...recorder.constant(value, shape), layout }),
    gradients: (of, parameters, start) => recorder.gradients(of, parameters, start),
  };
  return made;
}
