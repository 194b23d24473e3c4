/** An engine whose runs are counted, to see how full batches are. */
import type { CompileOptions, Engine, Executable } from '../../src/engines/engine.ts';
import type { Program, Weights } from '../../src/tensor/ops.ts';

export interface CountedEngine extends Engine {
  /** Runs of the network so far. */
  runs(): number;
}

export function countedEngine(engine: Engine): CountedEngine {
  let runs = 0;
  return {
    ...engine,
    runs: () => runs,
    async compile<In extends string, Out extends string>(
      program: Program<In, Out>,
      weights: Weights,
      options?: CompileOptions,
    ): Promise<Executable<In, Out>> {
      const executable = await engine.compile(program, weights, options);
      const run: Executable<In, Out>['run'] = (...fed) => {
        runs += 1;
        return executable.run(...fed);
      };
      const { atOnce } = executable;
      return { ...(atOnce === undefined ? {} : { atOnce }), run, dispose: () => executable.dispose() };
    },
  };
}
