import type { Milliseconds } from '../../core/units.ts';
import type { Observer } from '../../evaluate/observer.ts';
import { collectOften } from './collect-often.ts';
import type { CommandIo } from './io.ts';
import { cleared, leftOf, paceText, showPreparing, startProgress } from './progress.ts';

/** Shows on standard error what is being evaluated, and stops it at Ctrl-C. */
export function observe(io: CommandIo): Observer {
  let words = '';
  return {
    started: (work) => {
      const pace = (done: number, elapsed: Milliseconds) =>
        [paceText(done - work.resumed, work.total - done, elapsed, leftOf(work, done, elapsed)), words]
          .filter((each) => each !== '')
          .join(', ');
      const collected = collectOften(work.total);
      const progress = startProgress({ ...work, pace }, io);
      return {
        update: progress.update,
        stop() {
          progress.stop();
          collected();
        },
      };
    },
    preparing: (what) => showPreparing(what, io),
    beside: (said) => {
      words = said;
    },
    noted: (sentence) => io.stderr(`${cleared(io)}${sentence}\n`),
    signal: io.signal,
  };
}
