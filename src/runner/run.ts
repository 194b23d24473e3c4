/** The run loop: plan, ask, score, store. Everything that it stores can be computed again to the same bytes. */
import { existsSync } from 'node:fs';
import { HarnessError } from '../core/errors.ts';
import type { Family } from '../core/names.ts';
import { asStored, type ItemRecord } from '../core/record.ts';
import type { Share } from '../core/share.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import type { Seconds } from '../core/units.ts';
import { type Machine, type OpenedFrom, type RunWarning, type Session, warning } from '../store/environment.ts';
import { storeQuestions } from '../store/records/question-file.ts';
import type { PlannedItem } from '../store/records/record-file.ts';
import { type StoredQuestion, toStoredQuestion } from '../store/records/stored-question.ts';
import { runFolder } from '../store/run-folder.ts';
import { openRun, type RunWriter } from '../store/run-writer.ts';
import type { RunSummary } from '../store/stored-run.ts';
import { openTraces, type TraceWriter } from '../store/traces/trace-writer.ts';
import { type AskInputs, asker } from './ask-unit.ts';
import { changedPlugin } from './changed-plugin.ts';
import { type Clock, type SessionLog, sessionLog, systemClock } from './environment.ts';
import { inOrder } from './in-order.ts';
import { type AnsweredUnit, type PlanOptions, planRun, unitsOf, type WorkUnit } from './plan.ts';

export interface RunInputs extends AskInputs {
  /** Folder that holds one folder a run. */
  readonly out: string;
  readonly machine: Machine;
  /** Name of the plugin that the task comes from; absent where it comes from none. */
  readonly plugin?: string;
  /** Absent where the model is no file. */
  readonly openedFrom?: OpenedFrom;
}

/** None of these changes a result. */
export interface LoopOptions {
  /** Items a call and a write to the disk; default 16. */
  readonly unitSize?: number;
  /** Units in flight, so that preparing one overlaps computing another; default 2. */
  readonly concurrency?: number;
  /** Who computes the units that are missing; default: this process. */
  readonly answers?: Answers;
  /** Computes these units only; default: all. */
  readonly share?: Share | null;
  /** Order of computation; default `dataset`. */
  readonly order?: PlanOptions['order'];
  /**
   * Keep the steps of texts that are written by denoising. Items that are stored without are asked again for them; their
   * records stay as they are. Default: false.
   */
  readonly trace?: boolean;
  /** Stops after the units in flight; what they give is stored. A model may drop its own by throwing 'interrupted'. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
  /**
   * Called before the first question, where any is to be asked; what it finds is stored with the session. May throw: a new
   * run then leaves nothing on the disk.
   */
  readonly check?: () => Promise<readonly RunWarning[]>;
  readonly clock?: Clock;
}

/**
 * Computes units elsewhere. They may come in any order, and more than once: what is stored already is compared. The next one is asked for when
 * the one before is stored.
 */
export type Answers = (units: readonly WorkUnit[], inputs: AskInputs) => AsyncIterable<AnsweredUnit>;

export interface RunProgress {
  /** Items with a stored record, those of earlier sessions included. */
  readonly done: number;
  readonly total: number;
  /** Items that were stored before this session. */
  readonly resumed: number;
}

interface Outcome {
  readonly folder: string;
  /** Over what is stored now. */
  readonly summary: RunSummary;
  readonly warnings: readonly RunWarning[];
  /** Wall time of this session; `totalSeconds` adds up all sessions. */
  readonly seconds: Seconds;
  /** Items stored in this session. */
  readonly newItems: number;
}

export type RunOutcome =
  | ({ readonly state: 'completed' } & Outcome)
  | ({ readonly state: 'interrupted'; readonly missing: number } & Outcome);

/**
 * Computes what a run is missing and stores it unit by unit. Same manifest = same folder = resume.
 *
 * A unit with any missing item is asked whole, so that the questions of a call never depend on where an earlier session
 * ended; items that are stored already are compared, and a difference is a `not-reproduced` warning. If the model
 * throws, the units in flight are stored and the error is passed on.
 *
 * @throws HarnessError 'store-locked', 'store-corrupt', 'bad-dataset', 'not-supported'; whatever the model throws
 */
export async function executeRun(inputs: RunInputs, options: LoopOptions = {}): Promise<RunOutcome> {
  const { unitSize = 16, concurrency = 2, order = 'dataset', signal = null, share = null, onProgress } = options;
  const { clock = systemClock } = options;
  const { manifest, examples } = inputs;
  checkInputs(inputs);
  const units = unitsOf(planRun(manifest, examples, { unitSize, order }), share);
  const items = units.flatMap((unit) => unit.items);
  const isNew = units.length > 0 && !existsSync(runFolder(inputs.out, manifest));
  const early = isNew ? ((await options.check?.()) ?? []) : null;
  const writer = await openRun(inputs.out, manifest, examples);
  let traces: TraceWriter | null = null;
  try {
    const { family } = manifest.model;
    await storeQuestions(writer.folder, storedQuestions(examples, family));
    if (options.trace === true) traces = await openTraces(writer.folder, examples);
    const resumed = items.filter(({ id }) => writer.records.has(id)).length;
    const ofOtherShares = writer.records.size - resumed;
    const stored = () => writer.records.size - ofOtherShares;
    const progress = () => onProgress?.({ done: stored(), total: items.length, resumed });
    progress();
    const isStored = ({ id }: PlannedItem) => writer.records.has(id) && traces?.has(id) !== false;
    const missing = units.filter((unit) => !unit.items.every(isStored));
    const found = early ?? (missing.length === 0 ? [] : ((await options.check?.()) ?? []));
    const facts = { machine: inputs.machine, openedFrom: inputs.openedFrom ?? null, share };
    const log = sessionLog(writer, clock, facts, [
      ...(traces?.warnings ?? []),
      ...found,
      ...pluginWarnings(inputs, writer),
    ]);
    // A share without items says that it is done.
    const isFirst = share !== null && writer.earlierSessions.length === 0;
    if (missing.length > 0 || log.warnings.some(isNewsTo(writer)) || isFirst) await log.write('running');
    const here: Answers = (asked) =>
      answersHere(inputs, asked, { concurrency, signal, clock, traced: traces !== null });
    const store = unitStore(writer, log);
    try {
      for await (const answered of missing.length === 0 ? [] : (options.answers ?? here)(missing, inputs)) {
        await traces?.append(answered.traces);
        await store(answered);
        progress();
      }
    } catch (error) {
      if (!(signal?.aborted === true && error instanceof HarnessError && error.code === 'interrupted')) {
        await log.write('failed').catch(() => {});
        throw error;
      }
    }
    await traces?.seal();
    return await finish(writer, log, items.length - stored());
  } finally {
    await traces?.close();
    await writer.close();
  }
}

const pluginWarnings = ({ task, plugin, machine }: RunInputs, writer: RunWriter): readonly RunWarning[] =>
  changedPlugin({
    ...{ task: task.name, plugin, machine },
    ...{ earlierSessions: writer.earlierSessions, stored: writer.records.size },
  });

/** To be stored though nothing is computed; of a plugin that stays as it is, one session says it. */
function isNewsTo({ earlierSessions }: RunWriter): (found: RunWarning) => boolean {
  const told = new Set(earlierSessions.flatMap(({ warnings }) => warnings.map(({ message }) => message)));
  return ({ code, message }) => code !== 'changed-plugin' || !told.has(message);
}

/** Each when it is written. */
function* storedQuestions(examples: RunInputs['examples'], family: Family): Generator<StoredQuestion, void, undefined> {
  for (const example of examples) yield toStoredQuestion(example, family);
}

interface HereOptions extends Required<Pick<LoopOptions, 'concurrency' | 'clock'>> {
  readonly signal: AbortSignal | null;
  readonly traced: boolean;
}

/** In the order of the units. */
function answersHere(inputs: AskInputs, units: readonly WorkUnit[], options: HereOptions): AsyncIterable<AnsweredUnit> {
  const ask = asker(inputs, options.clock, options.traced);
  const jobs = units.map((unit) => () => ask(unit));
  return inOrder(jobs, options.concurrency, options.signal);
}

/** Stores units as they come; one that comes again is held against what is stored. */
function unitStore(writer: RunWriter, log: SessionLog): (answered: AnsweredUnit) => Promise<void> {
  /** Name of the worker that computed an item in this session. */
  const computedBy = new Map<string, string>();
  return async (answered) => {
    const { records, by } = answered;
    const fresh = records.filter(({ id }) => !writer.records.has(id));
    const changed: string[] = [];
    for (const record of records) if (isChanged(record, await writer.whole(record.id))) changed.push(record.id);
    await writer.append(fresh);
    if (by !== undefined) for (const { id } of fresh) computedBy.set(id, by.name);
    const before = computedBy.get(changed[0] ?? '') ?? earlierMachines(writer.earlierSessions);
    const where = by === undefined ? '' : ` on ${by.name} than on ${before}`;
    const again = `${changed.length} item(s) gave another record when computed again${where}`;
    const warnings =
      changed.length === 0 ? [] : [warning('not-reproduced', `${again}; the stored one is kept`, changed)];
    await log.note(fresh, warnings, answered);
  };
}

/** Who may have computed what earlier sessions stored. */
function earlierMachines(sessions: readonly Session[]): string {
  const names = sessions.flatMap(({ machine, workers }) => workers?.map(({ name }) => name) ?? [machine.host]);
  return `${[...new Set(names)].join(' or ')} in an earlier session`;
}

const isChanged = (record: ItemRecord, stored: ItemRecord | null): boolean =>
  stored !== null && canonicalJson(stored) !== canonicalJson(asStored(record, stored));

/** @param missing items that were to be computed and are not stored */
async function finish(writer: RunWriter, log: SessionLog, missing: number): Promise<RunOutcome> {
  const summary = await writer.seal();
  const state = missing === 0 ? 'completed' : 'interrupted';
  if (log.isWritten()) await log.write(state);
  const { folder } = writer;
  const outcome = { folder, summary, warnings: log.warnings, ...log.sums() };
  return missing === 0 ? { state: 'completed', ...outcome } : { state: 'interrupted', missing, ...outcome };
}

/** A manifest that describes another model or task would file results under the wrong name. */
function checkInputs({ manifest, task, model }: RunInputs): void {
  if (manifest.task.name !== task.name) {
    throw new TypeError(`executeRun: the manifest is of task ${manifest.task.name}, the task is ${task.name}`);
  }
  if (canonicalJson(manifest.model) !== canonicalJson(model.identity)) {
    throw new TypeError(`executeRun: the manifest's model is not ${model.identity.name} as it is loaded`);
  }
}
