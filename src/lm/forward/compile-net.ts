import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { CompileOptions, Engine, Executable } from '../../engines/engine.ts';
import type { Program } from '../../tensor/ops.ts';

/**
 * Loads a checkpoint's weights into an engine, for a program of its network.
 *
 * @throws HarnessError as the engine; 'bad-checkpoint' where what was loaded may not be what has the digest that stands in results
 */
export async function compileNet<In extends string, Out extends string>(
  { tensors, digest, requireUnchanged }: Pick<Checkpoint, 'tensors' | 'digest' | 'requireUnchanged'>,
  engine: Engine,
  program: Program<In, Out>,
  options: Omit<CompileOptions, 'digest'> = {},
): Promise<Executable<In, Out>> {
  const executable = await engine.compile(program, tensors, { ...options, digest });
  try {
    await requireUnchanged();
  } catch (error) {
    await executable.dispose();
    throw error;
  }
  return executable;
}
