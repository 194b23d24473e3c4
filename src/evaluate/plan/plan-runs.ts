/** What runs will take, from some of their items: drawn by name, asked as the run asks them, and not stored. */
import type { RunManifest } from '../../core/manifest.ts';
import { addWork, deviceOf, type LanguageModel, type NetWork, NO_WORK } from '../../core/model.ts';
import { permutation, stream } from '../../core/numbers/random.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import type { Bytes, Seconds } from '../../core/units.ts';
import { cacheFolder } from '../../files/package-root.ts';
import type { PlanDocument, PlannedRun } from '../../report/terminal/plan-table.ts';
import { type AskInputs, asker } from '../../runner/ask-unit.ts';
import { peakMemoryBytes, systemClock } from '../../runner/environment.ts';
import { inOrder } from '../../runner/in-order.ts';
import type { WorkUnit } from '../../runner/plan.ts';
import { openForRuns, type PreparedRuns } from '../execute-runs.ts';
import type { Observer } from '../observer.ts';
import type { RunOptions } from '../options.ts';
import { precisionFor } from '../precision/mixed-precision.ts';
import { describeTaskRun, firstQuestion, readingOf, unitSize, unitsInFlight } from '../run-settings.ts';
import { withSamplers } from '../samplers/asked-samplers.ts';
import { type DoneWork, expectedOf, rateOf, sizeOf, type Tried } from './expected.ts';
import { type KeptRate, keptElsewhere, keptRate } from './kept-rates.ts';

/** Of asking, for each run, after the first unit, which also waits for the weights. */
const TRIED: Seconds = 10;

/** Bytes of a record's line beside the record: checksum, braces, end of line. */
const LINE: Bytes = 34;

/** @param rate floating-point operations a second of another machine; null = of this one */
export async function planRuns(
  { models, tasks, engine, cheap = null, judge }: PreparedRuns,
  options: RunOptions,
  rate: number | null,
  observer: Observer,
): Promise<PlanDocument> {
  const runs: PlannedRun[] = [];
  for (const opened of models) {
    const model = await openForRuns(opened, { engine, cheap }, options, observer.signal);
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
          const mixed = await precisionFor(
            { asked, opened, model, reading, cheap, out: options.out },
            options,
            observer,
          );
          const run = describeTaskRun(asked, opened, model.identity, reading, { ...options, mixed });
          const inputs = { ...run, task: asked.task, model, ...(judge === null ? {} : { judge }) };
          const over = observer.preparing(`${asked.task.name}, ${model.identity.name}: trying some items`);
          const known = await knownRates(run.manifest, options);
          runs.push(await planned(inputs, rate, known, observer.signal).finally(over));
        }
      }
    } finally {
      await model.dispose();
    }
  }
  return { format: 'bench-plan/1', runs };
}

interface KnownRates {
  readonly here: KeptRate | null;
  readonly elsewhere: readonly KeptRate[];
}

async function knownRates(manifest: RunManifest, { threads }: RunOptions): Promise<KnownRates> {
  const folder = cacheFolder(process.env);
  return { here: await keptRate(folder, manifest, threads), elsewhere: await keptElsewhere(folder, manifest) };
}

async function planned(
  inputs: AskInputs,
  rate: number | null,
  known: KnownRates,
  signal: AbortSignal,
): Promise<PlannedRun> {
  const { manifest, examples, model } = inputs;
  const { tried, opening } = await tryItems(inputs, signal);
  const size = examples.reduce((sum, example) => sum + sizeOf(example, model.identity.family), 0);
  const { passes, tokens, flops, bytes } = expectedOf(tried, size);
  const flopsPerSecond = rate ?? known.here?.flopsPerSecond ?? tried.flopsPerSecond;
  const took = (operations: number): Seconds => (operations > 0 ? flops / operations : 0);
  return {
    model: model.identity.name,
    task: manifest.task.name,
    items: examples.length,
    tried: tried.items,
    ...{ passes, tokens, flops },
    device: rate === null ? deviceOf(model.identity) : 'of the rate given',
    seconds: took(flopsPerSecond) + (rate === null && known.here === null ? opening : 0),
    flopsPerSecond,
    rateFrom: rate !== null ? 'given' : known.here === null ? 'measured' : 'kept',
    elsewhere: known.elsewhere.map((kept) => ({ device: kept.device, seconds: took(kept.flopsPerSecond) })),
    peakMemoryBytes: peakMemoryBytes(),
    diskBytes: bytes,
  };
}

/** Units in a drawn order, as many at once as in a run; the first is not timed, unless it is the only one. */
async function tryItems(
  inputs: AskInputs,
  signal: AbortSignal,
): Promise<{ readonly tried: Tried; readonly opening: Seconds }> {
  const { task, model, manifest } = inputs;
  const size = unitSize(model.identity, manifest.settings, task);
  const units = drawnUnits(inputs, size);
  const trying = { inputs, signal };
  const first = await tryUnits(trying, units.slice(0, 1), 1, Number.POSITIVE_INFINITY);
  if (units.length < 2) return { tried: first, opening: 0 };
  const tried = await tryUnits(trying, units.slice(1), unitsInFlight(size, manifest.settings), TRIED);
  const at = (flopsPerSecond: number): Seconds => (flopsPerSecond > 0 ? first.work.flops / flopsPerSecond : 0);
  const opening = Math.max(0, at(first.flopsPerSecond) - at(tried.flopsPerSecond));
  return { tried: { ...addTried(first, tried), flopsPerSecond: tried.flopsPerSecond }, opening };
}

/** What both took. */
const addTried = (a: Tried, b: Tried): Omit<Tried, 'flopsPerSecond'> => ({
  items: a.items + b.items,
  size: a.size + b.size,
  passes: a.passes + b.passes,
  bytes: a.bytes + b.bytes,
  work: addWork(a.work, b.work),
});

interface Trying {
  readonly inputs: AskInputs;
  readonly signal: AbortSignal;
}

async function tryUnits(
  { inputs, signal }: Trying,
  units: readonly WorkUnit[],
  width: number,
  most: Seconds,
): Promise<Tried> {
  const began = systemClock.seconds();
  const taken = (): Seconds => systemClock.seconds() - began;
  function* jobs() {
    for (const unit of units) if (taken() < most) yield () => ask(unit);
  }
  const done: DoneWork[] = [];
  const ask = asker(lookedAt(inputs, ({ flops }) => done.push({ at: taken(), flops })));
  const { examples, model } = inputs;
  const byId = new Map(examples.map((example) => [example.id, example]));
  let [items, size, passes, bytes, work] = [0, 0, 0, 0, NO_WORK];
  for await (const { records, costs } of inOrder(jobs(), width, signal)) {
    items += records.length;
    work = addWork(work, costs.work ?? NO_WORK);
    for (const record of records) {
      size += sizeOf(byId.get(record.id) as AskInputs['examples'][number], model.identity.family);
      passes += record.response.kind === 'unanswered' ? 0 : record.response.nfe;
      bytes += Buffer.byteLength(canonicalJson(record), 'utf8') + LINE;
    }
  }
  return { items, size, passes, bytes, work, flopsPerSecond: rateOf(done, most) };
}

/** The same, with somebody told of each call of the network when it is done. */
function lookedAt(inputs: AskInputs, onDone: (work: NetWork) => void): AskInputs {
  const { model } = inputs;
  const answer: LanguageModel['answer'] = (asks, settings, watch = {}) =>
    model.answer(asks, settings, {
      ...watch,
      onWork: (work, steps) => {
        onDone(work);
        watch.onWork?.(work, steps);
      },
    });
  return { ...inputs, model: { ...model, answer } };
}

function drawnUnits({ manifest, examples }: AskInputs, size: number): readonly WorkUnit[] {
  const order = [...permutation(stream(0, 'plan', manifest.task.name), examples.length)];
  const drawn = order.map((i) => examples[i] as AskInputs['examples'][number]);
  return Array.from({ length: Math.ceil(drawn.length / size) }, (_, number) => ({
    number,
    items: drawn.slice(number * size, (number + 1) * size).map(({ id, index }) => ({ id, index })),
  }));
}
