/**
 * The computation of one batch of training: forward, weighted cross-entropy of the rows that are read, backward. A program
 * over `Ops` like any other; on onnxruntime it is one graph. Parameters are inputs, so that no graph holds weights and the
 * same graph serves every step.
 */
import type { Architecture, NetInput } from '../architectures/architecture.ts';
import { kindOf, logitsAt } from '../architectures/index.ts';
import { crossEntropy } from '../tensor/layers.ts';
import type { Ops, Program, TensorSpec } from '../tensor/ops.ts';
import { type Tape, type Traced, tape } from '../tensor/tape.ts';

/** What is trained: shapes by name. */
export type ParameterShapes = ReadonlyMap<string, readonly number[]>;

export interface TrainedNet {
  readonly net: Architecture;
  /** Weights in the net's names, and adapters as `NAME.lora_A`, `NAME.lora_B`. */
  readonly parameters: ParameterShapes;
  /** Shapes of weights that stay as they are; the engine reads them in place. */
  readonly frozen: ParameterShapes;
  /** α / r of the adapters. */
  readonly adapterScale: number;
}

export type BatchInput = 'ids' | 'positions' | 'bias' | 'rows' | 'targets';
export type ParameterInput = `parameter.${string}`;
export type GradientName = `gradient.${string}`;

export type GradientInput = BatchInput | 'weights' | ParameterInput | GradientName;
export type GradientOutput = 'loss' | 'squares' | GradientName;

/**
 * loss = Σ weights · CE over the read rows, in nats; `gradient.NAME` is the input of that name plus the loss's gradient;
 * `squares` is the sum of their squares, all parameters together. Sequences have `length` tokens each.
 */
export function gradientProgram(trained: TrainedNet, length: number): Program<GradientInput, GradientOutput> {
  const names = [...trained.parameters.keys()];
  const gradients = prefixed('gradient', trained.parameters);
  return {
    name: 'gradients',
    inputs: {
      ...batchInputs(trained.net, length),
      weights: { dtype: 'float32', dims: ['R'] },
      ...prefixed('parameter', trained.parameters),
      ...gradients,
    } as Record<GradientInput, TensorSpec>,
    outputs: { loss: NUMBER, squares: NUMBER, ...gradients } as Record<GradientOutput, TensorSpec>,
    build: <T>(ops: Ops<T>, inputs: Readonly<Record<GradientInput, T>>) => {
      const { made, parameters } = tapeOver(ops, trained, inputs);
      const losses = lossesOf(made, trained.net, inputs, length);
      const weights = made.constant(inputs.weights, ['R']);
      const loss = made.ops.sumTo(made.ops.mul(weights, losses), made.ops.scalar(0));
      const start = names.map((name) => inputs[`gradient.${name}`] as T);
      const found = made.gradients(loss, [...parameters.values()], start);
      const squares = found.map((each) => ops.sumTo(ops.sum(ops.mul(each, each)), ops.scalar(0)));
      const outputs: Record<GradientOutput, T> = {
        loss: loss.value,
        squares: squares.reduce((left, right) => ops.add(left, right)),
      };
      names.forEach((name, i) => {
        outputs[`gradient.${name}`] = found[i] as T;
      });
      return outputs;
    },
  };
}

/** The cross-entropy of each read row, in nats, `[R]`, by the same forward. */
export const lossProgram = (trained: TrainedNet, length: number): Program<BatchInput | ParameterInput, 'losses'> => ({
  name: 'losses',
  inputs: { ...batchInputs(trained.net, length), ...prefixed('parameter', trained.parameters) } as Record<
    BatchInput | ParameterInput,
    TensorSpec
  >,
  outputs: { losses: { dtype: 'float32', dims: ['R'] } },
  build: (ops, inputs) => {
    const { made } = tapeOver(ops, trained, inputs);
    return { losses: lossesOf(made, trained.net, inputs, length).value };
  },
});

const NUMBER: TensorSpec = { dtype: 'float32', dims: [] };

/** N tokens: the letter of B sequences of `length` tokens laid end to end, as `Ops.flatten` names it. */
const tokensOf = (length: number): string => (length === 1 ? 'B' : `B·${length}`);

/** Of every net, and those of this one, with the lengths that are known here. */
function batchInputs(net: Architecture, length: number): Record<BatchInput, TensorSpec> {
  const [N, R] = [tokensOf(length), 'R'];
  return {
    ids: { dtype: 'int32', dims: [N] },
    positions: { dtype: 'int32', dims: [N] },
    bias: { dtype: 'float32', dims: [1, 1, length, length] },
    rows: { dtype: 'int32', dims: [R] },
    targets: { dtype: 'int32', dims: [R] },
    ...ownInputs(net, length),
  };
}

function ownInputs(net: Architecture, length: number): Readonly<Record<string, TensorSpec>> {
  const known: Readonly<Record<string, string | number>> = { N: tokensOf(length), L: length };
  const inputs: readonly [string, TensorSpec][] = Object.entries(kindOf(net).inputs(net, false));
  return Object.fromEntries(
    inputs.map(([name, { dtype, dims }]) => [name, { dtype, dims: dims.map((dim) => known[dim] ?? dim) }]),
  );
}

const prefixed = (prefix: string, parameters: ParameterShapes): Record<string, TensorSpec> =>
  Object.fromEntries([...parameters].map(([name, dims]) => [`${prefix}.${name}`, { dtype: 'float32' as const, dims }]));

/** A tape whose weights are the trained parameters, and frozen weights with their adapters. */
function tapeOver<T>(
  ops: Ops<T>,
  { parameters: shapes, frozen, adapterScale }: TrainedNet,
  inputs: Readonly<Record<ParameterInput, T>>,
): { made: Tape<T>; parameters: ReadonlyMap<string, Traced<T>> } {
  const parameters = new Map<string, Traced<T>>();
  const made: Tape<T> = tape<T>(ops, (name): Traced<T> => {
    const parameter = parameters.get(name);
    if (parameter !== undefined) return parameter;
    const weight = made.constant(ops.weight(name), frozen.get(name) ?? []);
    const [a, b] = [parameters.get(`${name}.lora_A`), parameters.get(`${name}.lora_B`)];
    return a === undefined || b === undefined ? weight : { ...weight, lowRank: { a, b, scale: adapterScale } };
  });
  for (const [name, shape] of shapes) parameters.set(name, made.parameter(inputs[`parameter.${name}`] as T, shape));
  return { made, parameters };
}

function lossesOf<T>(
  { ops, constant, layout }: Tape<T>,
  net: Architecture,
  inputs: Readonly<Record<BatchInput, T>>,
  length: number,
): Traced<T> {
  const [N, R] = [tokensOf(length), 'R'];
  const given = (name: BatchInput, shape: readonly (string | number)[]): Traced<T> => constant(inputs[name], shape);
  const own = Object.entries(ownInputs(net, length)).map(([name, { dims }]) => [name, given(name as BatchInput, dims)]);
  // All sequences have the same length: slot by slot is token by token, and laying them out moves nothing.
  const netInputs: Readonly<Record<NetInput, Traced<T>>> = {
    ids: given('ids', [N]),
    positions: given('positions', [N]),
    slots: layout(inputs.ids, ['B', length], { kind: 'sequences', length }),
    homes: layout(inputs.ids, [N], { kind: 'rows' }),
    bias: given('bias', [1, 1, length, length]),
    rows: given('rows', [R]),
    ...Object.fromEntries(own),
  };
  return crossEntropy(ops, logitsAt(ops, net, netInputs), given('targets', [R]));
}
