import type { CommandIo } from './io.ts';
import type { RunOptions } from './run-options.ts';
export async function run(_o: RunOptions, _io: CommandIo): Promise<number> {
  return 0;
}
