import type { Observer } from '../../evaluate/observer.ts';
import type { CommandIo } from './io.ts';
import { cleared, showPreparing, startProgress } from './progress.ts';

/** Shows on standard error what is being evaluated, and stops it at Ctrl-C. */
export function observe(io: CommandIo): Observer {
  return {
    started: (work) => startProgress(work, io),
    preparing: (what) => showPreparing(what, io),
    noted: (sentence) => io.stderr(`${cleared(io)}${sentence}\n`),
    signal: io.signal,
  };
}
