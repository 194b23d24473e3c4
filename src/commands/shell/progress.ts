/**
 * Progress of a long computation on standard error: a bar with rate and time left on a terminal, else a line at most
 * every 30 seconds. Never part of a result.
 */
import { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';
import type { Milliseconds } from '../../core/units.ts';
import type { Progress, Work } from '../../evaluate/observer.ts';
import type { CommandIo } from './io.ts';

export interface ProgressOptions extends Work {
  /** What is shown beside the count; default: items a second and the time left. */
  readonly pace?: (done: number, elapsed: Milliseconds) => string;
}

const LINE_EVERY: Milliseconds = 30_000;

/** `stop` removes the bar: call it before other output. Resumed items do not count for the rate. */
export function startProgress(options: ProgressOptions, io: CommandIo): Progress {
  const started = io.now();
  const shown =
    options.pace ??
    ((done: number, elapsed: Milliseconds) => paceText(done - options.resumed, options.total - done, elapsed));
  const pace = (done: number) => shown(done, io.now() - started);
  return io.isTerminal ? bar(options, io, pace) : lines(options, io, pace);
}

/**
 * `14.2 items/s, about 2 min left`
 *
 * @param done     items done in `elapsed`
 * @param pending  items to do
 */
export function paceText(done: number, pending: number, elapsed: Milliseconds): string {
  if (done <= 0 || elapsed <= 0) return 'starting';
  const rate = (1000 * done) / elapsed;
  const shown = rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2);
  return `${shown} items/s${pending > 0 ? `, about ${durationText((1000 * pending) / rate)} left` : ''}`;
}

function bar({ label, total, resumed }: ProgressOptions, io: CommandIo, pace: (done: number) => string): Progress {
  const shell = new SingleBar(
    {
      format: `${label} {bar} {value}/{total} {pace}`,
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      stream: terminal(io),
    },
    Presets.shades_classic,
  );
  shell.start(total, resumed, { pace: pace(resumed) });
  return { update: (done) => shell.update(done, { pace: pace(done) }), stop: () => shell.stop() };
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

/** Standard error as the stream that the bar draws on. */
function terminal(io: CommandIo): NodeJS.WritableStream {
  const stream = new Writable({
    write(chunk, _encoding, written) {
      io.stderr(String(chunk));
      written();
    },
  });
  return Object.assign(stream, { isTTY: true, columns: io.columns });
}

/** `40 s`, `12 min`, `1.5 h`. */
export function durationText(duration: Milliseconds): string {
  const seconds = Math.ceil(duration / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
