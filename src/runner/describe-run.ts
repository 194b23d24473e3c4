/** From rows to what is asked and to the run's identity. */

import { HarnessError } from '../core/errors.ts';
import { MANIFEST_FORMAT, type RunManifest } from '../core/manifest.ts';
import type { ModelIdentity, ScoringSettings } from '../core/model.ts';
import type { ProtocolName } from '../core/names.ts';
import type { Example } from '../core/question.ts';
import type { TaskPlugin, Template } from '../core/task.ts';
import { digestOf } from '../core/text/digest.ts';

export interface RunDescription<Row> {
  readonly task: Pick<TaskPlugin<Row>, 'name' | 'version'>;
  /** Name of the data source and how it differs from the reference release. */
  readonly source: { readonly name: string; readonly variant: string | null };
  /** All rows of the source, whatever the limit. */
  readonly rows: readonly Row[];
  /** First n rows only; null = all. */
  readonly limit: number | null;
  readonly model: ModelIdentity;
  readonly settings: ScoringSettings;
}

/** The manifest of a run. A limit that leaves nothing out is no limit, so both ways of asking are the same run. */
export function describeRun<Row>({ task, source, rows, limit, model, settings }: RunDescription<Row>): RunManifest {
  return {
    format: MANIFEST_FORMAT,
    task: { name: task.name, version: task.version },
    dataset: { source: source.name, digest: digestOf(rows), rows: rows.length, variant: source.variant },
    limit: limit !== null && limit < rows.length ? limit : null,
    model,
    settings,
  };
}

/** The items of a run, as asked under a protocol: the first `limit` rows, in data-set order. */
export function examplesOf<Row>(
  task: Pick<TaskPlugin<Row>, 'name' | 'id' | 'protocols'>,
  protocol: ProtocolName,
  rows: readonly Row[],
  limit: number | null,
): readonly Example[] {
  const template = templateOf(task, protocol);
  return rows
    .slice(0, limit ?? rows.length)
    .map((row, index) => ({ id: task.id(row, index), index, question: template.question(row) }));
}

/** @throws HarnessError 'not-supported' when the task has no such protocol */
export function templateOf<Row>(
  task: Pick<TaskPlugin<Row>, 'name' | 'protocols'>,
  protocol: ProtocolName,
): Template<Row> {
  const template = task.protocols[protocol];
  if (template !== undefined) return template;
  const known = Object.keys(task.protocols).join(', ');
  throw new HarnessError('not-supported', `task ${task.name} has no protocol ${protocol}; it has ${known}`, {
    hint: 'choose one with --protocol',
  });
}
