import type { ItemRecord } from '../../core/record.ts';
import type { RankingName, ViewResponse } from '../../core/response.ts';
import { answerErrors } from '../../metrics/answer-errors.ts';
import { decidingLead, decidingView } from '../../metrics/deciding-lead.ts';
import { type Machine, type MachineFacts, totalSeconds } from '../../store/environment.ts';
import { rankingOfRun, type StoredRun, type TaskHeadline } from '../../store/stored-run.ts';
import { type DerivedValues, derivedValues } from './derived-values.ts';
import type { ItemNoise, Measured, MeasuredItem } from './measured.ts';

/**
 * What comparisons need of a stored run; the responses can be dropped after it.
 *
 * @param headline what the run's task knows
 */
export function toMeasured(run: StoredRun, headline: TaskHeadline): Measured {
  const ranking = rankingOfRun(run.manifest, headline.ranking);
  return {
    source: run.folder,
    isBaseline: false,
    manifest: run.manifest,
    summary: run.summary,
    headline: headline.metric,
    seconds: totalSeconds(run.environment),
    machines: distinct(run.environment.sessions.map(({ machine }) => factsOf(machine))),
    clusters: run.clusters,
    items: run.records.map((record) => toItem(record, ranking)),
  };
}

function toItem({ id, cluster, score, response }: ItemRecord, ranking: RankingName | null): MeasuredItem {
  if (score.kind === 'unscored') return { id, cluster, values: null, noise: null };
  const views = response.kind === 'answered' ? response.views : {};
  const view = decidingView(views);
  if (view === undefined) return { id, cluster, values: score.values, noise: { lead: null, errors: {} } };
  const derived = score.answer === null ? null : derivedValues(view, score.gold);
  const lead = ranking === null ? null : decidingLead(view, ranking, score.gold);
  return {
    id,
    cluster,
    values: { ...score.values, ...derived?.values },
    noise: { lead, errors: errorsOf(view, score.values, derived) },
  };
}

/** Monte-Carlo errors of what is no choice. */
function errorsOf(
  { alternatives }: ViewResponse,
  values: Readonly<Record<string, number>>,
  derived: DerivedValues | null,
): ItemNoise['errors'] {
  if (derived !== null) return derived.errors;
  const [answer] = alternatives;
  return answer === undefined ? {} : answerErrors(answer, values);
}

const factsOf = ({ host: _host, memoryBytes: _memory, sandbox: _sandbox, ...facts }: Machine): MachineFacts => facts;

function distinct(machines: readonly MachineFacts[]): readonly MachineFacts[] {
  const seen = new Map(machines.map((machine) => [JSON.stringify(machine), machine]));
  return [...seen.values()];
}
