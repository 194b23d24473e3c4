import { describe, expect, it } from 'vitest';
import type { Ops, Program } from '../../tensor/ops.ts';
import { referenceOps, type Tensor } from '../reference.ts';
import { planOf, runPlan } from './plan.ts';

const vector = (...data: number[]): Tensor => ({ shape: [data.length], data: Float64Array.from(data) });

/** y = (x · w + x) · w; the exponential is an output of its own. */
const PROGRAM: Program<'x', 'y' | 'z'> = {
  name: 'example',
  inputs: { x: { dtype: 'float32', dims: ['N'] } },
  outputs: { y: { dtype: 'float32', dims: ['N'] }, z: { dtype: 'float32', dims: ['N'] } },
  build: (ops, { x }) => {
    const w = ops.weight('w');
    return { y: ops.mul(ops.add(ops.mul(x, w), x), w), z: ops.exp(x) };
  },
};

/** Runs the plan on the reference, and says when each tensor was made and freed. */
function run(wanted: readonly ('y' | 'z')[], spoil: (ops: Ops<Tensor>) => Ops<Tensor> = (ops) => ops) {
  const weights = new Map([['w', vector(2, 3)]]);
  const plan = planOf<Tensor, 'x', 'y' | 'z'>(PROGRAM, weights, []);
  const live = new Set<Tensor>();
  const events: string[] = [];
  const made = (tensor: Tensor): Tensor => {
    live.add(tensor);
    events.push('made');
    return tensor;
  };
  const work = () =>
    runPlan(
      plan,
      wanted.map((name) => plan.outputs[name]),
      {
        ops: spoil(referenceOps(weights)),
        input: () => made(vector(5, 7)),
        scoped: (compute) => made(compute()),
        free: (tensor) => {
          expect(live.delete(tensor)).toBe(true);
          events.push('freed');
        },
      },
    );
  return { work, live, events, plan };
}

describe('a plan', () => {
  it('frees each tensor after its last use and keeps weights and results', () => {
    const { work, live, events } = run(['y']);
    const [y] = work();
    expect([...(y?.data ?? [])]).toEqual([(5 * 2 + 5) * 2, (7 * 3 + 7) * 3]);
    // x; x·w; their sum, after which both go; the product, after which the sum goes.
    expect(events).toEqual(['made', 'made', 'made', 'freed', 'freed', 'made', 'freed']);
    expect([...live]).toEqual([y]);
  });

  it('computes only what the wanted outputs need', () => {
    const { work, events } = run(['z']);
    expect([...(work()[0]?.data ?? [])]).toEqual([Math.exp(5), Math.exp(7)]);
    expect(events).toEqual(['made', 'made', 'freed']);
  });

  it('frees everything when a step fails', () => {
    const { work, live } = run(['y', 'z'], (ops) => ({
      ...ops,
      add: () => {
        throw new RangeError('out of memory');
      },
    }));
    expect(work).toThrow('out of memory');
    expect(live.size).toBe(0);
  });

  it('names the weights that are read, and one that is missing', () => {
    expect(run(['y']).plan.weights).toEqual(['w']);
    expect(() => planOf(PROGRAM, new Map(), [])).toThrow(new RangeError("the checkpoint has no weight 'w'"));
  });
});
