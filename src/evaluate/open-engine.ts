/** Opens the engine that options choose. */
import type { Engine } from '../engines/engine.ts';
import { engineOf } from '../engines/index.ts';
import type { Observer } from './observer.ts';
import type { RunOptions } from './options.ts';

/** How it came to be opened is noted, such as the device that `auto` took. @throws HarnessError as `engineOf` */
export async function openEngine(
  { engine, threads, dtype, device }: Pick<RunOptions, 'engine' | 'threads' | 'dtype' | 'device'>,
  { noted }: Pick<Observer, 'noted'>,
): Promise<Engine> {
  const opened = await engineOf(engine, threads, dtype, device);
  for (const note of opened.notes ?? []) noted(note);
  return opened;
}
