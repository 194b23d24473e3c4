/** What every engine promises, whatever it is made of: each operation, derivative and layer as a plain formula has it. */
import assert from 'node:assert/strict';
import type { Engine } from '../../src/engines/engine.ts';
import type { HostTensor, Program, Weights } from '../../src/tensor/ops.ts';
import { checkShapes } from '../../src/tensor/shapes.ts';
import { DERIVATIVE_CASES } from './engine/derivative-cases.ts';
import { type EngineCase, given, indices, SIZES } from './engine/engine-case.ts';
import { FUSED, LAYER_CASES } from './engine/layer-cases.ts';
import { OPERATION_CASES } from './engine/operation-cases.ts';
import type { TestRunner } from './runner.ts';

export interface EngineUnderTest {
  readonly name: string;
  make(): Promise<Engine>;
  /** Largest error of one operation or layer on entries of size about 1, with its reason at the place of definition. */
  readonly tolerance: number;
  /** What it refuses to compile, as an error with the code `engine`, by the names of cases. */
  readonly refuses?: readonly string[];
}

const NO_WEIGHTS: Weights = new Map();

/**
 * Declares the tests of an engine, over programs without weights.
 *
 *     import { describe, it } from 'node:test'; // or vitest, jest, mocha
 *     testEngine({ name: 'mine', make: async () => myEngine(), tolerance: 4e-6 }, { describe, it });
 */
export function testEngine(
  { name, make, tolerance, refuses = [] }: EngineUnderTest,
  { describe, it }: TestRunner,
): void {
  let made: Promise<Engine> | null = null;
  const engine = () => {
    made ??= make();
    return made;
  };
  describe(name, () => {
    for (const item of [...OPERATION_CASES, ...DERIVATIVE_CASES, ...LAYER_CASES]) {
      if (refuses.includes(item.name)) it(`refuses ${item.name}`, async () => checkRefusal(await engine(), item));
      else it(item.name, async () => checkCase(await engine(), item, tolerance));
    }
    it('has no fused kernel without a case', async () => checkFused(await engine()));
  });
}

async function checkRefusal(engine: Engine, item: EngineCase): Promise<void> {
  await assert.rejects(runTwice(engine, item), { code: 'engine' });
}

async function checkCase(engine: Engine, item: EngineCase, tolerance: number): Promise<void> {
  const [found, again] = await runTwice(engine, item);
  const { dims, at } = item.expected;
  assert.deepEqual(found.dims, dims);
  const errors = indices(dims).map((index, i) => {
    const expected = at(...index);
    return Math.abs((found.data[i] as number) - expected) / Math.max(1, Math.abs(expected));
  });
  const [largest, allowed] = [Math.max(...errors), item.dtype === 'int32' ? 0 : tolerance];
  assert.ok(largest <= allowed, `expected an error of at most ${allowed}, found ${largest}`);
  assert.deepEqual(again, found);
}

/** One output of a case, run twice on the same input. */
async function runTwice(engine: Engine, item: EngineCase): Promise<readonly [HostTensor, HostTensor]> {
  const inputs = Object.fromEntries(
    Object.entries(item.inputs).map(([name, { declared, data }]) => [
      name,
      { dims: declared, dtype: data instanceof Int32Array ? ('int32' as const) : ('float32' as const) },
    ]),
  );
  const program: Program<string, 'result'> = {
    name: item.name,
    inputs,
    outputs: { result: { dtype: item.dtype, dims: item.expected.declared } },
    build: (ops, given) => ({ result: item.build(ops, (name) => given[name] as never) }),
  };
  assert.deepEqual(checkShapes(program, new Map(), SIZES).outputs.result, item.expected.dims);
  const executable = await engine.compile(program, NO_WEIGHTS);
  const first = await executable.run(item.inputs);
  const second = await executable.run(item.inputs);
  await executable.dispose();
  return [first.result, second.result];
}

async function checkFused(engine: Engine): Promise<void> {
  const kernels: string[] = [];
  const probe: Program<'x', 'y'> = {
    name: 'probe',
    inputs: { x: { dtype: 'float32', dims: ['N'] } },
    outputs: { y: { dtype: 'float32', dims: ['N'] } },
    build: (ops, { x }) => {
      kernels.push(...Object.keys(ops.fused));
      return { y: ops.exp(x) };
    },
  };
  const executable = await engine.compile(probe, NO_WEIGHTS);
  await executable.run({ x: given(['N'], new Float32Array(3)) });
  await executable.dispose();
  const unknown = kernels.filter((kernel) => !(kernel in FUSED));
  assert.deepEqual(unknown, []);
  const met = (kernel: string) => LAYER_CASES.some((item) => item.name.startsWith(kernel));
  const unmet = Object.keys(FUSED).filter((kernel) => !met(kernel));
  assert.deepEqual(unmet, []);
}
