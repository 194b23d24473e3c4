import type { ItemRecord } from '../../core/record.ts';
import type { RankingName, ViewResponse } from '../../core/response.ts';
import { answerErrors } from '../../metrics/answer-errors.ts';
import { type DecidingLead, stoppedLead } from '../../stats/undecided.ts';
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
  // Stored views are sorted by name; the one that decides `acc` is called `default` where there are several.
  const view = views.default ?? Object.values(views)[0];
  if (view === undefined) return { id, cluster, values: score.values, noise: { lead: null, errors: {} } };
  const derived = score.answer === null ? null : derivedValues(view, score.gold);
  const lead = ranking === null ? null : leadOf(view, ranking, score.gold);
  return {
    id,
    cluster,
    values: { ...score.values, ...derived?.values },
    noise: { lead, errors: errorsOf(view, score.values, derived) },
  };
}

function leadOf(view: ViewResponse, name: RankingName, gold: number): DecidingLead | null {
  const ranking = view.rankings[name];
  if (ranking === undefined || ranking.runnerUp === null) return null;
  const { best, runnerUp, margin, stderr } = ranking;
  const lead = { margin, stderr };
  const looks = view.race?.decided === true ? Math.max(...view.race.rounds) : 1;
  return { ...(looks === 1 ? lead : stoppedLead(lead, looks)), decides: best === gold || runnerUp === gold };
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
