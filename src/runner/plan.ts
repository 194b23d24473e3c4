/**
 * From rows to what is asked, to the run's identity, and to the units in which items are computed. Pure: what is stored
 * already or fails has no influence.
 */
import { HarnessError, notSupported } from '../core/errors.ts';
import { inContext, namedShots, type Shots, shotContexts } from '../core/few-shot.ts';
import { MANIFEST_FORMAT, type RunManifest } from '../core/manifest.ts';
import type { ModelIdentity, ScoringSettings } from '../core/model.ts';
import type { ProtocolName } from '../core/names.ts';
import { permutation, stream } from '../core/numbers/random.ts';
import type { Example } from '../core/question.ts';
import type { ItemRecord } from '../core/record.ts';
import type { Share } from '../core/share.ts';
import type { FewShot, TaskPlugin, Template } from '../core/task.ts';
import { rowsDigest } from '../core/text/rows-digest.ts';
import type { ItemTrace } from '../core/trace.ts';
import type { SessionWork, UnitWorker, WritingCost } from '../store/environment.ts';
import type { PlannedItem } from '../store/records/record-file.ts';
import { expectedItems } from '../store/summarise.ts';
import type { ChosenItems } from './chosen-items.ts';
import { clusterOf, exampleText, idOf, questionOf } from './task-calls.ts';

export interface RunDescription<Row> {
  readonly task: Pick<TaskPlugin<Row>, 'name' | 'version' | 'undigested'>;
  /** Name of the data source and how it differs from the reference release. */
  readonly source: { readonly name: string; readonly variant: string | null };
  /** All rows of the source, whatever the limit. */
  readonly rows: readonly Row[];
  /** First n rows only; null = all. */
  readonly limit: number | null;
  /** Which rows; absent or null = all. */
  readonly chosen?: ChosenItems | null;
  readonly model: ModelIdentity;
  readonly settings: ScoringSettings;
}

/** The manifest of a run. A limit that leaves nothing out is no limit, so both ways of asking are the same run. */
export function describeRun<Row>(description: RunDescription<Row>): RunManifest {
  const { task, source, rows, limit, chosen = null, model, settings } = description;
  const most = chosen?.indices.length ?? rows.length;
  return {
    format: MANIFEST_FORMAT,
    task: { name: task.name, version: task.version },
    dataset: { source: source.name, digest: rowsDigest(task, rows), rows: rows.length, variant: source.variant },
    limit: limit !== null && limit < most ? limit : null,
    ...(chosen === null ? {} : { subset: chosen.subset }),
    model,
    settings,
  };
}

/**
 * The items of a run, as asked under a protocol: the first `limit` of the chosen rows, in data-set order. An item has the same id, index,
 * cluster and examples in front, whichever others are asked.
 *
 * @param rows  all rows of the source: a cluster may be known by a neighbour beyond the limit
 * @param chosen null = all rows
 * @param shots the examples in front of each question; null where the protocol has none, or none are asked for
 */
export function examplesOf<Row>(
  task: Pick<TaskPlugin<Row>, 'name' | 'id' | 'protocols' | 'cluster'>,
  protocol: ProtocolName,
  rows: readonly Row[],
  limit: number | null,
  shots: Shots<Row> | null = null,
  chosen: Pick<ChosenItems, 'indices'> | null = null,
): readonly Example[] {
  const template = templateOf(task, protocol);
  const indices = (chosen?.indices ?? rows.map((_, index) => index)).slice(0, limit ?? rows.length);
  const contextOf = contextsOf(task, template.fewShot, shots, rows, indices);
  return indices.map((index) => {
    const row = rows[index] as Row;
    const id = idOf(task, row, index);
    const cluster = clusterOf(task, id, row, index, rows);
    return {
      ...{ id, index, ...(cluster === null ? {} : { cluster }) },
      // Made anew each time: the texts of a long run's questions take more memory than its rows.
      get question() {
        return inContext(questionOf(task, template, row, id), contextOf(row, index));
      },
    };
  });
}

/** The examples in front of a row. */
function contextsOf<Row>(
  task: Pick<TaskPlugin<Row>, 'name' | 'id'>,
  asked: FewShot<Row> | undefined,
  shots: Shots<Row> | null,
  rows: readonly Row[],
  indices: readonly number[],
): (row: Row, index: number) => string {
  if (shots === null || asked === undefined) return () => '';
  const fewShot = { ...asked, example: (row: Row) => exampleText(task, asked, row) };
  if (fewShot.drawn === 'named')
    return (row, index) => namedShots(fewShot, shots, row, [task.name, idOf(task, row, index)]);
  // Drawn row after row, so those before the last that is asked have theirs drawn as well.
  const contexts = shotContexts(fewShot, shots, rows.slice(0, (indices.at(-1) ?? -1) + 1));
  return (_row, index) => contexts[index] ?? '';
}

/** The cluster of every row by the id of its item, as records name it; none where the task names no clusters. */
export function clusterNames<Row>(
  task: Pick<TaskPlugin<Row>, 'name' | 'id' | 'cluster'>,
  rows: readonly Row[],
): ReadonlyMap<string, string> {
  const named = rows.map((row, index) => {
    const id = idOf(task, row, index);
    return [id, clusterOf(task, id, row, index, rows)] as const;
  });
  return new Map(named.flatMap(([id, cluster]) => (cluster === null ? [] : [[id, cluster] as const])));
}

/** @throws HarnessError 'not-supported' when the task has no such protocol */
export function templateOf<Row>(
  task: Pick<TaskPlugin<Row>, 'name' | 'protocols'>,
  protocol: ProtocolName,
): Template<Row> {
  const template = task.protocols[protocol];
  if (template !== undefined) return template;
  const known = Object.keys(task.protocols).join(', ');
  throw notSupported(`task ${task.name} has no protocol ${protocol}; it has ${known}`, 'choose one with --protocol');
}

/** Items that are put to the model in one call and stored together. */
export interface WorkUnit {
  readonly number: number;
  readonly items: readonly PlannedItem[];
}

/** What one unit took. */
export interface UnitCosts {
  readonly writing?: Readonly<Record<string, WritingCost>>;
  /** null where nobody counted it. */
  readonly work?: SessionWork | null;
}

/** What one unit gave. */
export interface AnsweredUnit {
  readonly records: readonly ItemRecord[];
  readonly traces: readonly ItemTrace[];
  readonly costs: UnitCosts;
  /** Absent where this process computed it. */
  readonly by?: UnitWorker;
}

export interface PlanOptions {
  readonly unitSize: number;
  /** `shuffled` makes the first results a fair sample of the data set; the final records are the same. */
  readonly order: 'dataset' | 'shuffled';
}

/**
 * Cuts the items of a run into units of consecutive items, in data-set order or in an order drawn from the run's seed.
 *
 * @param items all items of the run, in data-set order
 * @throws HarnessError 'bad-dataset' when the items are not those that the manifest describes: number, order, unique ids
 */
export function planRun(
  manifest: RunManifest,
  items: readonly PlannedItem[],
  { unitSize, order }: PlanOptions,
): readonly WorkUnit[] {
  if (!(Number.isInteger(unitSize) && unitSize > 0))
    throw new RangeError(`planRun: unit size ${unitSize}, expected >= 1`);
  checkItems(manifest, items);
  const ordered = order === 'dataset' ? items : shuffled(manifest, items);
  return Array.from({ length: Math.ceil(ordered.length / unitSize) }, (_, number) => ({
    number,
    items: ordered.slice(number * unitSize, (number + 1) * unitSize).map(({ id, index }) => ({ id, index })),
  }));
}

/** The units of a share; all where there is none. */
export function unitsOf(units: readonly WorkUnit[], share: Share | null): readonly WorkUnit[] {
  return share === null ? units : units.filter(({ number }) => number % share.of === share.number - 1);
}

function shuffled(manifest: RunManifest, items: readonly PlannedItem[]): readonly PlannedItem[] {
  const random = stream(manifest.settings.seed, 'order', manifest.task.name);
  return [...permutation(random, items.length)].map((i) => items[i] as PlannedItem);
}

function checkItems(manifest: RunManifest, items: readonly PlannedItem[]): void {
  const task = manifest.task.name;
  const expected = expectedItems(manifest);
  if (items.length !== expected) {
    throw new HarnessError(
      'bad-dataset',
      `${task}: expected ${expected} items as the manifest says, got ${items.length}`,
    );
  }
  const seen = new Map<string, number>();
  let last = -1;
  for (const { id, index } of items) {
    const before = seen.get(id);
    if (before !== undefined) {
      const rows = `rows ${before + 1} and ${index + 1}, counted from 1`;
      const message = `task ${task}: expected an id of its own for each row, found ${JSON.stringify(id)} for ${rows}`;
      throw new HarnessError('bad-dataset', message, {
        hint: 'give each row another id in the function id of the task',
      });
    }
    if (index <= last) {
      throw new HarnessError('bad-dataset', `${task}: item ${id} has index ${index} after index ${last}`);
    }
    seen.set(id, index);
    last = index;
  }
}
