/**
 * Progress of a long computation on standard error: one line that is redrawn on a terminal, else a line at most every 30 seconds.
 * Never part of a result.
 */
import type { Milliseconds } from '../../core/units.ts';
import type { Progress, Work } from '../../evaluate/observer.ts';
import type { CommandIo } from './io.ts';

export interface ProgressOptions extends Work {
  /** What is shown beside the count, parts separated by a comma and a blank; default: items a second and the time left. */
  readonly pace?: (done: number, elapsed: Milliseconds) => string;
}

const LINE_EVERY: Milliseconds = 30_000;
/** A terminal's line is drawn again so often, though nothing was finished: the time that has passed moves. */
const DRAWN_EVERY: Milliseconds = 1000;

/** `stop` removes the line: call it before other output. Resumed items do not count for the rate. */
export function startProgress(options: ProgressOptions, io: CommandIo): Progress {
  const started = io.now();
  const shown =
    options.pace ??
    ((done: number, elapsed: Milliseconds) =>
      paceText(done - options.resumed, options.total - done, elapsed, leftOf(options, done, elapsed)));
  const pace = (done: number) => shown(done, io.now() - started);
  return io.isTerminal ? redrawn(options, io, pace) : lines(options, io, pace);
}

/**
 * `14.2 items/s, about 2 min left`
 *
 * @param done     items done in `elapsed`
 * @param pending  items to do
 * @param left     that is expected; null: as long an item as those that are done took
 */
export function paceText(
  done: number,
  pending: number,
  elapsed: Milliseconds,
  left: Milliseconds | null = null,
): string {
  if (done <= 0 || elapsed <= 0) {
    const soFar = elapsed < 2 * DRAWN_EVERY ? 'starting' : `${durationText(elapsed)} so far`;
    return left === null ? soFar : `${soFar}, about ${durationText(left)} left`;
  }
  const rate = (1000 * done) / elapsed;
  const shown = rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2);
  return `${shown} items/s${pending > 0 ? `, about ${durationText(left ?? (1000 * pending) / rate)} left` : ''}`;
}

/** As the work itself counts what is left; null where it does not. */
export function leftOf({ left }: Work, done: number, elapsed: Milliseconds): Milliseconds | null {
  const seconds = left?.(done, elapsed / 1000) ?? null;
  return seconds === null ? null : 1000 * seconds;
}

/** Goes to the beginning of the line and removes what progress drew there; empty where there is no terminal. */
export const cleared = ({ isTerminal }: Pick<CommandIo, 'isTerminal'>): string => (isTerminal ? '\r\x1b[K' : '');

function redrawn({ label, total, resumed }: ProgressOptions, io: CommandIo, pace: (done: number) => string): Progress {
  let done = resumed;
  const line = redrawnLine((columns) => progressText({ label, done, total, pace: pace(done) }, columns), io);
  return {
    update(now) {
      done = now;
      line.draw();
    },
    stop: line.stop,
  };
}

/** Shows on a terminal that something is under way, and for how long. @returns removes it */
export function showPreparing(what: string, io: CommandIo): () => void {
  if (!io.isTerminal) return () => {};
  const started = io.now();
  const text = () => `${what}${io.now() - started < 2 * DRAWN_EVERY ? '' : `, ${durationText(io.now() - started)}`}`;
  return redrawnLine((columns) => text().slice(0, columns), io).stop;
}

/** A line at the bottom of a terminal. After Ctrl-C nothing is drawn: what follows is a sentence and the table. */
function redrawnLine(textOf: (columns: number) => string, io: CommandIo) {
  let isOver = io.signal.aborted;
  const draw = () => {
    const columns = (io.stderrColumns?.() ?? io.columns) - 1;
    if (!isOver) io.stderr(`\r${textOf(columns)}\x1b[K`);
  };
  const timer = setInterval(draw, DRAWN_EVERY);
  timer.unref();
  const stop = () => {
    io.signal.removeEventListener('abort', stop);
    clearInterval(timer);
    if (!isOver) io.stderr(cleared(io));
    isOver = true;
  };
  io.signal.addEventListener('abort', stop);
  draw();
  return { draw, stop };
}

const BAR = 24;
/** Fewer columns show no label. */
const SHORTEST_LABEL = 8;

/** A line of at most `columns` characters. Where they do not suffice, parts are left out from the right on; the label is cut, the count stays. */
export function progressText(
  { label, done, total, pace }: { label: string; done: number; total: number; pace: string },
  columns: number,
): string {
  const count = `${done}/${total}`;
  const filled = Math.round((BAR * done) / Math.max(1, total));
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
  const paces = pace.split(', ');
  const tails = [` ${pace} ${bar}`, ...paces.map((_, i) => ` ${paces.slice(0, paces.length - i).join(', ')}`), ''];
  const tail = tails.find((each) => `${label} ${count}${each}`.length <= columns) ?? '';
  const room = columns - count.length - 1;
  if (label.length <= room) return `${label} ${count}${tail}`;
  return room < SHORTEST_LABEL ? count.slice(0, columns) : `${label.slice(0, room - 1)}… ${count}`;
}

function lines({ label, total }: ProgressOptions, io: CommandIo, pace: (done: number) => string): Progress {
  let last = io.now();
  return {
    update(done) {
      if (io.now() - last < LINE_EVERY) return;
      last = io.now();
      io.stderr(`${label}: ${done}/${total}, ${pace(done)}\n`);
    },
    stop() {},
  };
}

/** `40 s`, `12 min`, `1.5 h`. */
export function durationText(duration: Milliseconds): string {
  const seconds = Math.ceil(duration / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
