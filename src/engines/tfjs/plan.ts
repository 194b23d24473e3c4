/**
 * A program as a list of steps, recorded once. tfjs frees nothing by itself, and a net does not say when it is done with a
 * tensor; a list shows the last use of each, so that a forward holds only what it still needs.
 */
import { getOrInsert } from '../../core/collect.ts';
import type { FusedOps, Ops, Program } from '../../tensor/ops.ts';
import type { FusedLayer } from './tensor-ops.ts';

/** A tensor of the plan: the place of the step that gives it. */
export interface Value {
  readonly place: number;
}

type Compute<T> = (ops: Ops<T>, operands: readonly T[]) => T;

type Step<T> =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'weight'; readonly name: string }
  | { readonly kind: 'compute'; readonly operands: readonly number[]; readonly compute: Compute<T> };

export interface Plan<T, Out extends string> {
  readonly steps: readonly Step<T>[];
  readonly outputs: Readonly<Record<Out, number>>;
  /** Names of the weights that it reads. */
  readonly weights: readonly string[];
}

/**
 * @param weights names that there are
 * @param fused   kernels that the engine has for whole layers
 * @throws RangeError naming a weight that is missing
 */
export function planOf<T, In extends string, Out extends string>(
  program: Program<In, Out>,
  weights: { has(name: string): boolean },
  fused: readonly FusedLayer[],
): Plan<T, Out> {
  const steps: Step<T>[] = [];
  const add = (step: Step<T>): Value => ({ place: steps.push(step) - 1 });
  const known = new Map<string, Value>();
  const weight = (name: string): Value => {
    if (!weights.has(name)) throw new RangeError(`the checkpoint has no weight '${name}'`);
    return getOrInsert(known, name, () => add({ kind: 'weight', name }));
  };
  const inputs = Object.keys(program.inputs).map((name) => [name, add({ kind: 'input', name })] as const);
  const record = (operands: readonly Value[], compute: Compute<T>): Value =>
    add({ kind: 'compute', operands: operands.map(({ place }) => place), compute });
  const results = program.build(recordingOps(record, weight, fused), Object.fromEntries(inputs) as Record<In, Value>);
  const outputs = Object.entries<Value>(results).map(([name, { place }]) => [name, place]);
  return { steps, outputs: Object.fromEntries(outputs) as Record<Out, number>, weights: [...known.keys()] };
}

type Unary =
  | ('exp' | 'log' | 'tanh' | 'sqrt' | 'zerosLike')
  | ('sum' | 'max' | 'argmax')
  | ('mergeLast' | 'swapMiddle' | 'flatten');
type Binary = ('gather' | 'take' | 'concat') | ('add' | 'sub' | 'mul' | 'div' | 'equal') | ('sumTo' | 'stretch');

function recordingOps<T>(
  record: (operands: readonly Value[], compute: Compute<T>) => Value,
  weight: (name: string) => Value,
  fused: readonly FusedLayer[],
): Ops<Value> {
  const one = (op: Unary) => (x: Value) => record([x], (ops, [a]) => ops[op](a!));
  const two = (op: Binary) => (x: Value, y: Value) => record([x, y], (ops, [a, b]) => ops[op](a!, b!));
  const kernels = fusedRecorders(record);
  return {
    weight,
    scalar: (value) => record([], (ops) => ops.scalar(value)),
    gather: two('gather'),
    take: two('take'),
    matmul: (x, y, options) => record([x, y], (ops, [a, b]) => ops.matmul(a!, b!, options)),
    add: two('add'),
    sub: two('sub'),
    mul: two('mul'),
    div: two('div'),
    exp: one('exp'),
    log: one('log'),
    tanh: one('tanh'),
    sqrt: one('sqrt'),
    sum: one('sum'),
    max: one('max'),
    argmax: one('argmax'),
    slice: (x, start, end) => record([x], (ops, [a]) => ops.slice(a!, start, end)),
    concat: two('concat'),
    splitLast: (x, heads) => record([x], (ops, [a]) => ops.splitLast(a!, heads)),
    mergeLast: one('mergeLast'),
    swapMiddle: one('swapMiddle'),
    flatten: one('flatten'),
    repeatHeads: (x, times) => record([x], (ops, [a]) => ops.repeatHeads(a!, times)),
    equal: two('equal'),
    sumTo: two('sumTo'),
    stretch: two('stretch'),
    zerosLike: one('zerosLike'),
    pad: (x, before, after) => record([x], (ops, [a]) => ops.pad(a!, before, after)),
    addRows: (table, ids, updates) => record([table, ids, updates], (ops, [a, b, c]) => ops.addRows(a!, b!, c!)),
    addAt: (x, index, values) => record([x, index, values], (ops, [a, b, c]) => ops.addAt(a!, b!, c!)),
    unflatten: (x, length) => record([x], (ops, [a]) => ops.unflatten(a!, length)),
    sumHeads: (x, times) => record([x], (ops, [a]) => ops.sumHeads(a!, times)),
    fused: Object.fromEntries(fused.map((name) => [name, kernels[name]])),
  };
}

const fusedRecorders = <T>(
  record: (operands: readonly Value[], compute: Compute<T>) => Value,
): Pick<FusedOps<Value>, FusedLayer> => ({
  linear: (x, weight, bias, transposed) =>
    record([x, weight, ...(bias === null ? [] : [bias])], (ops, [a, w, b]) =>
      ops.fused.linear!(a!, w!, b ?? null, transposed),
    ),
  softmax: (x) => record([x], (ops, [a]) => ops.fused.softmax!(a!)),
  attention: (q, k, v, bias, heads) =>
    record([q, k, v, bias], (ops, [a, b, c, d]) => ops.fused.attention!(a!, b!, c!, d!, heads)),
});

/** How an interpreter's tensors come and go. */
export interface Tensors<T> {
  readonly ops: Ops<T>;
  input(name: string): T;
  /** Runs one step and frees what it made on the way, but for its result. */
  scoped(compute: () => T): T;
  free(tensor: T): void;
}

/**
 * Runs the steps that lead to `wanted`, in order, and frees every tensor but weights after its last use.
 *
 * @returns the tensors at `wanted`, to be freed by the caller
 */
export function runPlan<T>({ steps }: Plan<T, string>, wanted: readonly number[], tensors: Tensors<T>): readonly T[] {
  const lastUse = lastUses(steps, wanted);
  const live = new Map<number, T>();
  const drop = (place: number): void => {
    if (steps[place]?.kind !== 'weight') tensors.free(live.get(place)!);
    live.delete(place);
  };
  try {
    for (const [place, step] of steps.entries()) {
      if (!lastUse.has(place)) continue;
      if (step.kind === 'input') live.set(place, tensors.input(step.name));
      else if (step.kind === 'weight') live.set(place, tensors.ops.weight(step.name));
      else {
        const operands = step.operands.map((operand) => live.get(operand)!);
        live.set(
          place,
          tensors.scoped(() => step.compute(tensors.ops, operands)),
        );
        for (const operand of new Set(step.operands)) if (lastUse.get(operand) === place) drop(operand);
      }
    }
  } catch (error) {
    for (const place of [...live.keys()]) drop(place);
    throw error;
  }
  return wanted.map((place) => live.get(place)!);
}

/** For each step that `wanted` needs, the last step that reads its result; infinity for `wanted` itself. */
function lastUses<T>(steps: readonly Step<T>[], wanted: readonly number[]): ReadonlyMap<number, number> {
  const last = new Map<number, number>(wanted.map((place) => [place, Number.POSITIVE_INFINITY]));
  for (let place = steps.length - 1; place >= 0; place--) {
    const step = steps[place]!;
    if (step.kind !== 'compute' || !last.has(place)) continue;
    for (const operand of step.operands) if (!last.has(operand)) last.set(operand, place);
  }
  return last;
}
