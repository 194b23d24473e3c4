/** `bench queue`: what lies in a queue, who works on it, and what may be done with it. */
import { badArguments } from '../../core/errors.ts';
import type { OptionsOf } from '../../options/option.ts';
import { requiredQueue } from '../../options/queue.ts';
import { json } from '../../options/shared.ts';
import type { Action, QueuedRun, QueueStatus, QueueWorker } from '../../queue/control.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { durationText } from '../shell/progress.ts';
import { declareVerb } from '../shell/verb.ts';

const OPTIONS = { queue: requiredQueue, json };
const WORDS = ['status', 'pause', 'resume', 'drain', 'clean'] as const;

interface Told extends OptionsOf<typeof OPTIONS> {
  readonly word: (typeof WORDS)[number];
  /** Beginnings of run ids; none = all. */
  readonly runs: readonly string[];
}

export const verb = declareVerb({
  options: OPTIONS,
  notes:
    'RUN is the beginning of a run id, as status shows it; without one, all runs are meant. pause: no unit is handed out until resume. drain: units in hand are finished, and the collector ends; its command resumes. clean: removes runs that nobody collects; what is stored of them stays.',
  examples: { 'queue drain 4074d1 --queue redis://10.0.0.5:6379': 'one run ends with the units in hand' },
  settle(given, [word = 'status', ...runs]): Told {
    const known = WORDS.find((each) => each === word);
    if (known !== undefined) return { ...given, word: known, runs };
    throw badArguments(`queue: expected status, pause, resume, drain or clean, found ${word}`);
  },
  run,
});

async function run({ queue, word, runs, ...options }: Told, io: CommandIo): Promise<number> {
  const [{ connectQueue }, control] = await Promise.all([
    import('../../queue/redis/connect.ts'),
    import('../../queue/control.ts'),
  ]);
  const connection = await connectQueue(queue);
  try {
    if (word === 'status') {
      const status = await control.queueStatus(connection);
      print(io, options, status, () => statusText(status, io.columns));
      return EXIT.ok;
    }
    const touched = await control.actOn(connection, word, runs);
    print(io, options, { runs: touched }, () => doneText(word, touched));
    return EXIT.ok;
  } finally {
    connection.close();
  }
}

const SHOWN_DIGITS = 12;

const RUN_HEADS = [
  'run',
  'task',
  'model',
  'items',
  'units',
  'waiting',
  'in hand',
  'stalled',
  'items/s',
  'left',
  'state',
];
const WORKER_HEADS = ['worker', 'processor', 'doing', 'units', 'items', 'items/s'];

function statusText({ runs, workers }: QueueStatus, width: number): string {
  const names = runs.flatMap(({ id, refused }) =>
    Object.entries(refused).map(
      ([name, reason]) => `${id.slice(0, SHOWN_DIGITS)} is not computed by ${name}: ${reason}\n`,
    ),
  );
  return [
    runs.length === 0 ? 'no runs\n' : textTable(RUN_HEADS, runs.map(runCells), { right: [3, 4, 5, 6, 7, 8, 9], width }),
    ...names,
    workers.length === 0
      ? 'no workers\n'
      : textTable(WORKER_HEADS, workers.map(workerCells), { right: [3, 4, 5], width }),
  ].join('');
}

function runCells(run: QueuedRun): readonly string[] {
  const { id, task, model, state, secondsLeft, waiting, active } = run;
  const names = [id.slice(0, SHOWN_DIGITS), task ?? 'another version', model ?? NONE];
  const far = state === null ? [NONE, NONE] : [`${state.items - state.left}/${state.items}`, String(state.units)];
  const left = secondsLeft === null ? NONE : durationText(1000 * secondsLeft);
  const pace = [String(state?.stalled ?? NONE), rateText(state?.itemsPerSecond ?? null), left];
  return [...names, ...far, String(waiting), String(active), ...pace, stateOf(run)];
}

function workerCells({ name, cpu, doing, units, items, seconds, isSilent }: QueueWorker): readonly string[] {
  const now = isSilent ? 'does not answer' : doing;
  return [name, cpu, now, String(units), String(items), rateText(seconds > 0 ? items / seconds : null)];
}

const NONE = '–';
const rateText = (rate: number | null): string => (rate === null ? NONE : rate.toPrecision(3));

function stateOf({ isCollected, isPaused, isDrained }: QueuedRun): string {
  if (!isCollected) return 'nobody collects';
  return isDrained ? 'drained' : isPaused ? 'paused' : 'running';
}

const DONE: Readonly<Record<Action, string>> = {
  pause: 'paused',
  resume: 'resumed',
  drain: 'ends with the units in hand',
  clean: 'removed',
};

function doneText(action: Action, runs: readonly QueuedRun[]): string {
  if (runs.length === 0) return `nothing to ${action}\n`;
  return runs
    .map(
      ({ id, task, model }) =>
        `${id.slice(0, SHOWN_DIGITS)} ${task ?? 'another version'}, ${model ?? NONE}: ${DONE[action]}\n`,
    )
    .join('');
}
