import { differences } from '../../core/differences.ts';
import { notSupported } from '../../core/errors.ts';
import { isDenoising } from '../../core/model.ts';
import type { TaskPlugin } from '../../core/task.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { loadTaskRows, openForRuns, type PreparedRuns, prepareRuns } from '../../evaluate/execute-runs.ts';
import { SILENT } from '../../evaluate/observer.ts';
import type { RunOptions } from '../../evaluate/options.ts';
import type { TaskRows } from '../../evaluate/run-parts.ts';
import { describeTaskRun, type OpenedModel, readingOf, unitSize, unitsInFlight } from '../../evaluate/run-settings.ts';
import type { OpenedLanguageModel } from '../../lm/language-model.ts';
import { modelSpec } from '../../options/model-spec.ts';
import { type Asker, asker } from '../../runner/ask-unit.ts';
import { describeMachine, peakMemoryBytes, systemClock } from '../../runner/environment.ts';
import { inOrder } from '../../runner/in-order.ts';
import { type AnsweredUnit, planRun } from '../../runner/plan.ts';
import type { Machine } from '../../store/environment.ts';
import type { PlannedItem } from '../../store/records/record-file.ts';
import { runId } from '../../store/run-folder.ts';
import { optionsOfPlan, type QueuePlan } from '../plan.ts';
import type { UnitResult } from '../result.ts';
import { unitId } from '../unit.ts';
import { joinAnswered } from './join-answered.ts';
import type { Order, WorkerSettings } from './messages.ts';

/** Never aborted: a worker that is to stop finishes its unit. */
const { signal } = new AbortController();

/** Parameters of the models that stay loaded beside the one in use: a gigabyte of float32. */
const KEPT_PARAMETERS = 2.5e8;
/** Tasks whose rows stay in memory: runs of several models ask the same ones. */
const KEPT_TASKS = 8;

interface HeldModel {
  /** What it was opened from. */
  readonly key: string;
  readonly model: OpenedLanguageModel;
}

interface OpenedRun {
  readonly id: string;
  /** All of it, in the order in which units are cut. */
  readonly items: readonly PlannedItem[];
  readonly ask: Asker;
  /** Items that a local run puts to the model in one call, and calls under way at once. */
  readonly part: { readonly items: number; readonly atOnce: number };
  readonly machine: Machine;
  readonly traced: boolean;
}

/** Computes units of one run after the other. A model stays loaded until a run of another one comes, small ones beside it. */
export class RunComputer {
  /** The one that was used last comes last. */
  #held: readonly HeldModel[] = [];
  /** By what they were read with; the ones that were used last come last. */
  readonly #rows = new Map<string, Promise<TaskRows>>();
  #run: OpenedRun | null = null;

  /** @throws HarnessError where this machine would compute another run, naming what differs */
  async open(plan: QueuePlan, own: WorkerSettings): Promise<OpenedRun> {
    const id = runId(plan.manifest);
    if (this.#run?.id === id) return this.#run;
    requireVersion(plan);
    const options = optionsOfPlan({ ...plan, model: placeOf(plan, own) }, own);
    const given = { ...options, trace: false };
    const prepared = await prepareRuns(given, SILENT, (task) => this.#rowsOf(task, plan, own, given));
    const [opened] = prepared.models;
    if (opened === undefined) throw new TypeError('RunComputer: a plan names one model');
    const named = { ...opened, checkpoint: { ...opened.checkpoint, name: plan.manifest.model.name } };
    const model = await this.#hold(named, prepared, options);
    this.#run = openedRun(plan, named, model, prepared, options);
    return this.#run;
  }

  async compute({ plan, unit, own, name }: Order & { readonly unit: NonNullable<Order['unit']> }): Promise<UnitResult> {
    const run = await this.open(plan, own);
    const items = run.items.slice(unit.from, unit.from + unit.count);
    if (unitId(run.id, items) !== unit.id) {
      throw notSupported(`the unit from item ${unit.from} on holds other items than here`);
    }
    const started = systemClock.seconds();
    const answered = await answersTo(run, items);
    const seconds = systemClock.seconds() - started;
    const by = { name, seconds, peakMemoryBytes: peakMemoryBytes(), machine: run.machine };
    return { ...answered, traces: run.traced ? answered.traces : [], unit: unit.id, from: unit.from, by };
  }

  async #hold(opened: OpenedModel, { engine }: PreparedRuns, options: RunOptions): Promise<OpenedLanguageModel> {
    const { models, family, maskId, shift, blockLength, tokenizer, adapter } = options;
    const asked = { models, family, maskId, shift, blockLength, tokenizer, adapter };
    const { name } = opened.checkpoint;
    const key = canonicalJson({ ...asked, name, engine: engine.name, dtype: engine.dtype });
    const known = this.#held.find((each) => each.key === key);
    if (known === undefined) await this.#makeRoom();
    const model = known?.model ?? (await openForRuns(opened, { engine }, options, signal));
    this.#held = [...this.#held.filter((each) => each !== known), { key, model }];
    return model;
  }

  #rowsOf(task: TaskPlugin, plan: QueuePlan, { dataDir }: WorkerSettings, options: RunOptions): Promise<TaskRows> {
    const key = canonicalJson({ task: task.name, options: plan.options, dataDir });
    const rows = this.#rows.get(key) ?? loadTaskRows(task, options);
    this.#rows.delete(key);
    // What could not be read may be there the next time.
    rows.catch(() => this.#rows.delete(key));
    this.#rows.set(key, rows);
    const [oldest = key] = this.#rows.keys();
    if (this.#rows.size > KEPT_TASKS) this.#rows.delete(oldest);
    return rows;
  }

  /** Before another model is loaded: those that were used last stay, as far as they are small. */
  async #makeRoom(): Promise<void> {
    const kept: HeldModel[] = [];
    let parameters = 0;
    for (const each of this.#held.toReversed()) {
      parameters += each.model.identity.parameters;
      if (parameters <= KEPT_PARAMETERS) kept.unshift(each);
      else await each.model.dispose();
    }
    this.#held = kept;
  }
}

/** In parts, as a local run does it: one is prepared while another is computed. */
async function answersTo({ ask, part }: OpenedRun, items: readonly PlannedItem[]): Promise<AnsweredUnit> {
  const starts = Array.from({ length: Math.ceil(items.length / part.items) }, (_, i) => i * part.items);
  const jobs = starts.map((at) => () => ask({ number: at, items: items.slice(at, at + part.items) }));
  const parts: AnsweredUnit[] = [];
  for await (const answered of inOrder(jobs, part.atOnce, null)) parts.push(answered);
  return joinAnswered(parts);
}

function openedRun(
  plan: QueuePlan,
  opened: OpenedModel,
  model: OpenedLanguageModel,
  { tasks, judge }: PreparedRuns,
  options: RunOptions,
): OpenedRun {
  const [asked] = tasks;
  if (asked === undefined) throw new TypeError('RunComputer: a plan names one task');
  const reading = readingOf(opened.checkpoint, options);
  const { manifest, examples } = describeTaskRun(asked, opened, model.identity, reading, options);
  requireSame(plan.manifest, manifest);
  const { task } = asked;
  const size = unitSize(model.identity, manifest.settings, task);
  const traced = options.trace && isDenoising(manifest.settings.estimator);
  return {
    id: runId(manifest),
    items: planRun(manifest, examples, { unitSize: examples.length, order: options.order })[0]?.items ?? [],
    ask: asker({ manifest, task, examples, model, ...(judge === null ? {} : { judge }) }, systemClock, traced),
    part: { items: size, atOnce: unitsInFlight(size, manifest.settings) },
    machine: describeMachine({ [options.engine]: model.identity.engine }, task.needsJudge ? judge?.sandbox : undefined),
    traced,
  };
}

/** A model of the plan's name that the worker was given a place for. */
function placeOf({ model, manifest }: QueuePlan, { models }: WorkerSettings): string {
  return models?.find((typed) => (modelSpec(typed).name ?? modelSpec(typed).path) === manifest.model.name) ?? model;
}

function requireVersion(plan: QueuePlan): void {
  const { bench, gitRevision } = describeMachine({});
  const [wanted, found] = [plan, { bench, gitRevision }].map(
    (each) => `${each.bench} (${each.gitRevision ?? 'no commit'})`,
  );
  if (wanted === found) return;
  throw notSupported(`expected bench ${wanted}, as collects, found ${found} here`);
}

/** Weights, tokenizer, data, engine, type of number and every setting stand in the manifest. */
function requireSame(wanted: QueuePlan['manifest'], found: QueuePlan['manifest']): void {
  const [first] = differences(wanted, found);
  if (first === undefined) return;
  const [collects, here] = [first.stored ?? 'nothing', first.found ?? 'nothing'];
  const difference = `expected ${first.path} ${collects}, as the run says, found ${here} here`;
  const [, helps] = WHAT_HELPS.find(([what]) => first.path.startsWith(what)) ?? [];
  throw notSupported(helps === undefined ? difference : `${difference}: ${helps}`);
}

/** How a worker comes to have what the run has, by what differs. */
const WHAT_HELPS: readonly (readonly [path: string, helps: string])[] = [
  ['dataset.', 'start the worker with the rows of the run in its --data-dir'],
  ['model.weights', 'start the worker with the folder of these weights in --models NAME=FOLDER'],
  ['model.tokenizer', "start the worker with the run's folder of the model in --models NAME=FOLDER"],
];
