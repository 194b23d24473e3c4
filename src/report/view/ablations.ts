/** Runs that differ in one thing only: how the input is read (attention, shift), or which weights were loaded. */

import { groupBy } from '../../core/collect.ts';
import type { Estimate } from '../../core/estimate.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { commonDifference, countTogether } from './common-items.ts';
import { namesOf, primaryOf, primaryRuns, type QuestionSet, type SetNames } from './group-runs.ts';
import { type RunColumns, valuesOf } from './run-columns.ts';
import type { RunFacts } from './run-facts.ts';

/** What the numbers are and are not; part of every table and document. */
export const ABLATION_LABEL =
  "inference-time ablation of finished weights, not the paper's training ablation; trained ablations are compared by listing their checkpoints in bench run";

export interface AblationCell extends Pick<RunFacts, 'openFraction' | 'shift' | 'path'> {
  readonly isReference: boolean;
  /** null where no item has a score. */
  readonly value: Estimate | null;
  /** value − value of the reference over the items that both have, paired by item; null at the reference, or where none is. */
  readonly difference: Estimate | null;
}

/** Shown beside the headline of tasks whose answers are written, not chosen. */
export const BITS = 'bitsPerByte';

export interface AblationRow extends Omit<AblationCell, 'path'> {
  readonly model: string;
  readonly runId: string;
}

export interface AblationCard extends SetNames {
  /** `reading`: one set of weights, read in several ways. `weights`: several checkpoints of one architecture. */
  readonly kind: 'reading' | 'weights';
  readonly metric: string;
  /** What the numbers are and are not. */
  readonly label: string;
  readonly rows: readonly AblationRow[];
}

const WEIGHTS_LABEL =
  'checkpoints of one architecture, family and size under equal settings; what was trained differently is said by their names only';

export function ablationCards(sets: readonly QuestionSet[]): readonly AblationCard[] {
  return sets.flatMap((set) => [...readingCards(set), ...weightCards(set)]);
}

function readingCards(set: QuestionSet): AblationCard[] {
  const diffusion = set.runs.filter(({ facts }) => facts.family === 'diffusion');
  const groups = [...groupBy(diffusion, sameButReading).values()].filter((group) => group.length > 1);
  return groups.flatMap((group) => {
    const reference = primaryOf(group);
    const readings = [...group].sort(
      (a, b) =>
        a.facts.openFraction - b.facts.openFraction ||
        Number(b.facts.shift === reference.facts.shift) - Number(a.facts.shift === reference.facts.shift),
    );
    return metricsOf(reference).map((metric) => toCard(set, 'reading', metric, ABLATION_LABEL, readings, reference));
  });
}

function sameButReading({ manifest: { model, limit, subset, settings } }: RunColumns): string {
  return canonicalJson({
    model,
    limit,
    subset: subset ?? null,
    settings: { ...settings, openFraction: 0, shift: true },
  });
}

function weightCards(set: QuestionSet): AblationCard[] {
  const groups = [...groupBy(primaryRuns(set), sameButWeights).values()].filter(
    (group) => new Set(group.map(({ manifest }) => manifest.model.weightsDigest)).size > 1,
  );
  return groups.flatMap((group) => {
    const [reference] = group as [RunColumns];
    return metricsOf(reference).map((metric) => toCard(set, 'weights', metric, WEIGHTS_LABEL, group, reference));
  });
}

function sameButWeights({ manifest: { model, limit, subset, settings } }: RunColumns): string {
  const { family, architecture, parameters, tokenizerDigest, engine, dtype } = model;
  return canonicalJson({
    family,
    architecture,
    parameters,
    tokenizerDigest,
    engine,
    dtype,
    limit,
    subset: subset ?? null,
    settings,
  });
}

const metricsOf = ({ facts }: RunColumns): readonly string[] =>
  [...new Set([facts.headline, BITS])].filter((name) => name in facts.metrics);

function toCard(
  set: QuestionSet,
  kind: AblationCard['kind'],
  metric: string,
  label: string,
  runs: readonly RunColumns[],
  reference: RunColumns,
): AblationCard {
  return { kind, ...namesOf(set), metric, label, rows: runs.map((run) => toRow(kind, metric, run, reference)) };
}

function toRow(kind: AblationCard['kind'], metric: string, run: RunColumns, reference: RunColumns): AblationRow {
  const model = kind === 'reading' ? run.manifest.model.name : run.facts.model;
  const { openFraction, shift, metrics } = run.facts;
  const isReference = run === reference;
  const together = countTogether(run.ids, reference.ids);
  const difference = isReference
    ? null
    : commonDifference(metric, valuesOf(run, metric), valuesOf(reference, metric), together);
  return { model, openFraction, shift, isReference, value: metrics[metric] ?? null, difference, runId: run.runId };
}
