/** What runs will take, from some of their items: drawn by name, asked as the run asks them, and not stored. */
import type { NetWork } from '../core/model.ts';
import { addWork, NO_WORK } from '../core/model.ts';
import { permutation, stream } from '../core/numbers/random.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import type { Bytes, Seconds } from '../core/units.ts';
import type { PlanDocument, PlannedRun } from '../report/terminal/plan-table.ts';
import { type Asker, type AskInputs, asker } from '../runner/ask-unit.ts';
import { peakMemoryBytes, systemClock } from '../runner/environment.ts';
import { inOrder } from '../runner/in-order.ts';
import type { WorkUnit } from '../runner/plan.ts';
import { openForRuns, type PreparedRuns } from './execute-runs.ts';
import type { Observer } from './observer.ts';
import type { RunOptions } from './options.ts';
import { describeTaskRun, firstQuestion, readingOf, unitSize, unitsInFlight } from './run-settings.ts';
import { withSamplers } from './samplers/asked-samplers.ts';

/** Of asking, for each run, after the first unit, which also waits for the weights. */
const TRIED: Seconds = 6;

/** Bytes of a record's line beside the record: checksum, braces, end of line. */
const LINE: Bytes = 34;

/** @param rate floating-point operations a second of another machine; null = as measured here */
export async function planRuns(
  { models, tasks, engine, judge }: PreparedRuns,
  options: RunOptions,
  rate: number | null,
  observer: Observer,
): Promise<PlanDocument> {
  const runs: PlannedRun[] = [];
  for (const opened of models) {
    const model = await openForRuns(opened, engine, options, observer.signal);
    try {
      for (const asked of tasks) {
        const question = firstQuestion(asked, options);
        for (const reading of withSamplers(
          [readingOf(opened.checkpoint, options)],
          opened.checkpoint,
          question,
          options,
        )) {
          if (observer.signal.aborted) break;
          const run = describeTaskRun(asked, opened, model.identity, reading, options);
          const inputs = { ...run, task: asked.task, model, ...(judge === null ? {} : { judge }) };
          const over = observer.preparing(`${asked.task.name}, ${model.identity.name}: trying some items`);
          runs.push(await planned(inputs, rate, observer.signal).finally(over));
        }
      }
    } finally {
      await model.dispose();
    }
  }
  return { format: 'bench-plan/1', runs };
}

interface Tried {
  readonly items: number;
  readonly passes: number;
  readonly bytes: Bytes;
  readonly work: NetWork;
  readonly seconds: Seconds;
}

async function planned(inputs: AskInputs, rate: number | null, signal: AbortSignal): Promise<PlannedRun> {
  const { manifest, examples, model } = inputs;
  const tried = await tryItems(inputs, signal);
  const times = (value: number): number => (tried.items === 0 ? 0 : (value / tried.items) * examples.length);
  const flops = times(tried.work.flops);
  return {
    model: model.identity.name,
    task: manifest.task.name,
    items: examples.length,
    tried: tried.items,
    passes: times(tried.passes),
    tokens: times(tried.work.tokens),
    flops,
    seconds: rate === null ? times(tried.seconds) : flops / rate,
    flopsPerSecond: rate ?? (tried.seconds > 0 ? tried.work.flops / tried.seconds : 0),
    peakMemoryBytes: peakMemoryBytes(),
    diskBytes: times(tried.bytes),
  };
}

/** Units in a drawn order, as many at once as in a run; the first is not timed, unless it is the only one. */
async function tryItems(inputs: AskInputs, signal: AbortSignal): Promise<Tried> {
  const { task, model, manifest } = inputs;
  const size = unitSize(model.identity, manifest.settings, task);
  const units = drawnUnits(inputs, size);
  const ask = asker(inputs);
  const began = systemClock.seconds();
  const first = await tryUnits(ask, units.slice(0, 1), 1, Number.POSITIVE_INFINITY, signal);
  if (units.length < 2) return { ...first, seconds: systemClock.seconds() - began };
  return tryUnits(ask, units.slice(1), unitsInFlight(size, manifest.settings), TRIED, signal);
}

async function tryUnits(
  ask: Asker,
  units: readonly WorkUnit[],
  width: number,
  most: Seconds,
  signal: AbortSignal,
): Promise<Tried> {
  const began = systemClock.seconds();
  const taken = (): Seconds => systemClock.seconds() - began;
  function* jobs() {
    for (const unit of units) if (taken() < most) yield () => ask(unit);
  }
  let [items, passes, bytes, work] = [0, 0, 0, NO_WORK];
  for await (const { records, costs } of inOrder(jobs(), width, signal)) {
    items += records.length;
    work = addWork(work, costs.work ?? NO_WORK);
    for (const record of records) {
      passes += record.response.kind === 'unanswered' ? 0 : record.response.nfe;
      bytes += Buffer.byteLength(canonicalJson(record), 'utf8') + LINE;
    }
  }
  return { items, passes, bytes, work, seconds: taken() };
}

function drawnUnits({ manifest, examples }: AskInputs, size: number): readonly WorkUnit[] {
  const order = [...permutation(stream(0, 'plan', manifest.task.name), examples.length)];
  const drawn = order.map((i) => examples[i] as AskInputs['examples'][number]);
  return Array.from({ length: Math.ceil(drawn.length / size) }, (_, number) => ({
    number,
    items: drawn.slice(number * size, (number + 1) * size).map(({ id, index }) => ({ id, index })),
  }));
}
