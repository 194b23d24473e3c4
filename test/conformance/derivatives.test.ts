/** The derivative of every operation and layer against central finite differences, in float64 on the reference engine. */
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/core/numbers/random.ts';
import { referenceOps, type Tensor } from '../../src/engines/reference.ts';
import type { Ops } from '../../src/tensor/ops.ts';
import { type Tape, type Traced, tape } from '../../src/tensor/tape.ts';
import { DERIVATIVE_CASES } from '../kit/engine/derivative-cases.ts';
import type { EngineCase } from '../kit/engine/engine-case.ts';
import { LAYER_CASES } from '../kit/engine/layer-cases.ts';
import { OPERATION_CASES } from '../kit/engine/operation-cases.ts';

const STEP = 1e-5;
/** Error of a central difference, h² f‴/6, plus rounding of sums of size 1000 over h, for functions of size about 1. */
const TOLERANCE = 1e-6;

const ops = referenceOps(new Map());
const noWeights = (): never => {
  throw new TypeError('the cases read no weights');
};

/** `equal` jumps, and an argmax is no number to differentiate. */
const SMOOTH = [...OPERATION_CASES, ...DERIVATIVE_CASES, ...LAYER_CASES].filter(
  ({ name, dtype }) => dtype === 'float32' && name !== 'equal',
);

describe.each([
  { form: 'derivatives of layers written by hand', isSpelledOut: false },
  { form: 'derivatives of layers spelled out', isSpelledOut: true },
])('$form', ({ isSpelledOut }) => {
  const cases = SMOOTH.filter((item) => !isSpelledOut || LAYER_CASES.includes(item));

  it.each(cases)('$name', (item) => {
    const inputs = tensorsOf(item);
    const wanted = [...inputs].filter(([name]) => item.inputs[name]?.data instanceof Float32Array);
    const { value, gradients } = differentiate(item, inputs, isSpelledOut);
    expect(value).toBeCloseTo(numberOf(item, inputs), 6);
    let largest = 0;
    for (const [name, tensor] of wanted) {
      const found = gradients.get(name) as Tensor;
      expect(found.shape).toEqual(tensor.shape);
      tensor.data.forEach((entry, i) => {
        const moved = (by: number): number => {
          const data = tensor.data.slice();
          data[i] = entry + by;
          return numberOf(item, new Map([...inputs, [name, { shape: tensor.shape, data }]]));
        };
        const expected = (moved(STEP) - moved(-STEP)) / (2 * STEP);
        expect(Math.abs((found.data[i] as number) - expected), `${name}[${i}]`).toBeLessThan(TOLERANCE);
        largest = Math.max(largest, Math.abs(expected));
      });
    }
    // `zerosLike` is the one operation that depends on nothing.
    if (item.name !== 'zerosLike') expect(largest).toBeGreaterThan(0.01);
  });
});

describe('gradients', () => {
  const made = (): Tape<Tensor> => tape(ops, noWeights);
  const number = (value: number): Tensor => ({ shape: [], data: Float64Array.of(value) });

  it('of a tensor used twice add up, on top of what they start from', () => {
    const t = made();
    const x = t.parameter(number(3), []);
    const y = t.ops.add(t.ops.mul(x, x), x); // x² + x
    expect(t.gradients(y, [x]).map(({ data }) => [...data])).toEqual([[7]]);
    expect(t.gradients(y, [x], [number(100)]).map(({ data }) => [...data])).toEqual([[107]]);
  });

  it('by a parameter that was not used are zero, or what they start from', () => {
    const t = made();
    const [x, unused] = [t.parameter(number(3), []), t.parameter(number(4), [])];
    const y = t.ops.exp(x);
    expect([...(t.gradients(y, [unused])[0] as Tensor).data]).toEqual([0]);
    expect([...(t.gradients(y, [unused], [number(5)])[0] as Tensor).data]).toEqual([5]);
  });

  it('of something that is not one number are refused', () => {
    const t = made();
    const x = t.parameter({ shape: [2], data: Float64Array.of(1, 2) }, [2]);
    expect(() => t.gradients(t.ops.exp(x), [x])).toThrow(new RangeError('a gradient is of one number, not of 1 axes'));
  });

  it('of the largest entry are shared by equal ones', () => {
    const t = made();
    const x = t.parameter({ shape: [1, 3], data: Float64Array.of(2, 5, 5) }, [1, 3]);
    const [found] = t.gradients(t.ops.sumTo(t.ops.max(x), t.ops.scalar(0)), [x]);
    expect([...(found as Tensor).data]).toEqual([0, 0.5, 0.5]);
  });

  it('through an index that only lays out rows are those through the index itself', () => {
    const data = Float64Array.from({ length: 8 }, (_, i) => Math.sin(i));
    const through = (isLayout: boolean): number[] => {
      const t = made();
      const x = t.parameter({ shape: [4, 2], data }, [4, 2]);
      const slots = { shape: [2, 2], data: Float64Array.of(0, 1, 2, 3) };
      const homes = { shape: [4], data: Float64Array.of(0, 1, 2, 3) };
      const index = isLayout
        ? t.layout(slots, slots.shape, { kind: 'sequences', length: 2 })
        : t.constant(slots, slots.shape);
      const back = isLayout ? t.layout(homes, homes.shape, { kind: 'rows' }) : t.constant(homes, homes.shape);
      const rows = t.ops.gather(t.ops.flatten(t.ops.exp(t.ops.gather(x, index))), back);
      const [found] = t.gradients(t.ops.sumTo(t.ops.mul(rows, rows), t.ops.scalar(0)), [x]);
      return [...(found as Tensor).data];
    };
    expect(through(true)).toEqual(through(false));
  });
});

function tensorsOf(item: EngineCase): ReadonlyMap<string, Tensor> {
  return new Map(
    Object.entries(item.inputs).map(([name, { dims, data }]) => [name, { shape: dims, data: Float64Array.from(data) }]),
  );
}

/** The result's entries, each times a number of its own, added up: a function with a derivative in every direction. */
function reduced<T>(item: EngineCase, over: Ops<T>, input: (name: string) => T, constant: (tensor: Tensor) => T): T {
  const { dims } = item.expected;
  const random = stream(1, 'derivatives', item.name);
  const length = dims.reduce((product, dim) => product * dim, 1);
  const weights = { shape: dims, data: Float64Array.from({ length }, (_, i) => 2 * random.uniform(i) - 1) };
  return over.sumTo(over.mul(item.build(over, input), constant(weights)), over.scalar(0));
}

function numberOf(item: EngineCase, inputs: ReadonlyMap<string, Tensor>): number {
  const result = reduced(
    item,
    ops,
    (name) => inputs.get(name) as Tensor,
    (tensor) => tensor,
  );
  return result.data[0] as number;
}

function differentiate(
  item: EngineCase,
  inputs: ReadonlyMap<string, Tensor>,
  isSpelledOut: boolean,
): { value: number; gradients: ReadonlyMap<string, Tensor> } {
  const t = tape<Tensor>(ops, noWeights);
  const traced = new Map<string, Traced<Tensor>>();
  const parameters: string[] = [];
  for (const [name, tensor] of inputs) {
    const isNumber = item.inputs[name]?.data instanceof Float32Array;
    traced.set(name, isNumber ? t.parameter(tensor, tensor.shape) : t.constant(tensor, tensor.shape));
    if (isNumber) parameters.push(name);
  }
  const over = isSpelledOut ? { ...t.ops, fused: {} } : t.ops;
  const result = reduced(
    item,
    over,
    (name) => traced.get(name) as Traced<Tensor>,
    (tensor) => t.constant(tensor, tensor.shape),
  );
  const found = t.gradients(
    result,
    parameters.map((name) => traced.get(name) as Traced<Tensor>),
  );
  return {
    value: result.value.data[0] as number,
    gradients: new Map(parameters.map((name, i) => [name, found[i] as Tensor])),
  };
}
