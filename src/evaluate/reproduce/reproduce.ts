/** Runs an experiment of the article, and sets what comes of it beside the published values. Repeat the call to resume. */
import { join } from 'node:path';
import { groupBy } from '../../core/collect.ts';
import { HarnessError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { presetsOf } from '../../options/option.ts';
import type { FrontierDocument } from '../../report/frontier/document.ts';
import { PUBLISHED_TABLES } from '../../report/published/index.ts';
import {
  type NotRun,
  REPRODUCTION_FORMAT,
  type Reproduction,
  type ReproductionPlan,
} from '../../report/reproduction/document.ts';
import type { SpeedDocument } from '../../report/speed/document.ts';
import { conformanceTable } from '../../report/view/conformance.ts';
import { reportRuns } from '../../report/view/report-view.ts';
import type { RunColumns } from '../../report/view/run-columns.ts';
import { executeRuns, prepareRuns } from '../execute-runs.ts';
import { type Observer, SILENT } from '../observer.ts';
import { RUN_DEFAULTS, type RunOptions } from '../options.ts';
import { measureSpeed } from '../speed/measure-speed.ts';
import { SPEED_OPTIONS } from '../speed/options.ts';
import { UNCONDITIONAL_OPTIONS } from '../unconditional/options.ts';
import { writeFrontier } from '../unconditional/write-frontier.ts';
import type { Experiment, PlannedRuns } from './experiment.ts';
import { experimentNamed } from './index.ts';
import { miniatureRows } from './miniature.ts';
import type { ReproduceOptions } from './options.ts';
import { familyOf, planOf, pullOf } from './plan.ts';
import { smallRuns, smallTexts, smallTimes, standIns } from './smoke.ts';

/** What an experiment made, without the values of its runs. */
export interface ExperimentMade extends Pick<Reproduction, 'plan' | 'out' | 'frontiers' | 'speeds' | 'notRun'> {
  readonly experiment: Experiment;
}

/**
 * @param onPlan told what will be run, before anything is
 * @throws HarnessError 'unknown-name', 'bad-arguments'; what could not be run for another reason, or for want of weights or data, is named in `notRun`
 */
export async function runExperiment(
  options: ReproduceOptions,
  observer: Observer = SILENT,
  onPlan: (plan: ReproductionPlan) => void = () => {},
): Promise<ExperimentMade> {
  const whole = experimentNamed(options.name);
  const plan = await planOf(whole, options);
  const experiment = withModels(whole, options.models);
  onPlan(plan);
  const out = options.out ?? join('results', 'reproduce', `${options.name}${options.smoke ? '-smoke' : ''}`);
  const made = { frontiers: [] as FrontierDocument[], speeds: [] as SpeedDocument[], notRun: [] as NotRun[] };
  const works = options.plan ? [] : worksOf(experiment, missingIn(plan), out, options, observer);
  if (!options.plan) made.notRun.push(...notHere(plan, works.length > 0 && options.models === null));
  for (const { what, work } of works) {
    if (observer.signal.aborted) break;
    try {
      const { frontiers = [], speeds = [] } = await work();
      made.frontiers.push(...frontiers);
      made.speeds.push(...speeds);
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code === 'interrupted') throw error;
      made.notRun.push({ what, reason: error.message });
    }
  }
  return { experiment, plan, out, ...made };
}

/**
 * The cells that cannot be run for want of weights or data, one entry a model and command.
 *
 * @param isOfThoseHere models whose weights are here were asked for: that others are not is no failure
 */
function notHere({ cells }: ReproductionPlan, isOfThoseHere: boolean): readonly NotRun[] {
  const lacking = cells.flatMap(({ model, what, missing }) => (missing === null ? [] : [{ model, what, missing }]));
  const asked = lacking.filter(({ model, missing }) => !isOfThoseHere || missing !== pullOf(model));
  return [...groupBy(asked, ({ model, missing }) => `${model}\0${missing}`).values()].flatMap((group) => {
    const [{ model, missing }] = group as [(typeof asked)[number]];
    const what = `${model}: ${[...new Set(group.map((each) => each.what))].join(', ')}`;
    const lacks = missing.startsWith('bench models') ? 'weights' : 'data';
    return [{ what, reason: `expected its ${lacks} here, found none; ${missing} fetches them` }];
  });
}

/** @param asked null: all that it has */
function withModels(experiment: Experiment, asked: readonly string[] | null): Experiment {
  const less = <Part extends { readonly models: readonly string[] }>(parts: readonly Part[]): readonly Part[] =>
    parts.flatMap((part) => {
      const models = part.models.filter((model) => asked === null || asked.includes(model));
      return models.length === 0 ? [] : [{ ...part, models }];
    });
  const { runs, texts, times } = experiment;
  return { ...experiment, runs: less(runs), texts: less(texts), times: less(times) };
}

/** A part of an experiment that can be done by itself. */
interface ExperimentWork {
  readonly what: string;
  work(): Promise<Partial<Pick<ExperimentMade, 'frontiers' | 'speeds'>>>;
}

function worksOf(
  { runs, texts, times }: Experiment,
  missing: ReadonlySet<string>,
  out: string,
  options: ReproduceOptions,
  observer: Observer,
): readonly ExperimentWork[] {
  const ofRuns = groupsOf(runs, options, missing).map((group): ExperimentWork => {
    return { what: labelOf(group), work: () => execute(group, out, options, observer) };
  });
  const ofTexts = smallTexts(texts, options.smoke).flatMap((each): ExperimentWork[] => {
    const models = present(each.models, options, missing);
    const asked = {
      ...presetsOf(UNCONDITIONAL_OPTIONS),
      ...each,
      ...computing(options),
      models,
      out: join(out, 'texts'),
    };
    const work = async () => ({ frontiers: [await writeFrontier({ ...asked, form: 'paper' }, observer)] });
    return models.length === 0 ? [] : [{ what: `texts of ${each.length} tokens`, work }];
  });
  const ofTimes = smallTimes(times, options.smoke).flatMap((each): ExperimentWork[] => {
    const models = present(each.models, options, missing);
    const asked = { ...presetsOf(SPEED_OPTIONS), ...each, ...computing(options), models };
    const work = async () => ({ speeds: [await measureSpeed(asked, observer)] });
    return models.length === 0 ? [] : [{ what: 'seconds of texts', work }];
  });
  return [...ofRuns, ...ofTexts, ...ofTimes];
}

/**
 * The published values beside those of the runs.
 *
 * @param runs all that are stored in its folder
 */
export async function reproductionOf(
  { experiment, ...made }: ExperimentMade,
  runs: readonly RunColumns[],
): Promise<Reproduction> {
  const substitutes = made.plan.isSmoke ? standIns(experiment) : null;
  const tables = PUBLISHED_TABLES.filter(({ id }) => experiment.tables.includes(id));
  return {
    ...{ format: REPRODUCTION_FORMAT, ...made, runs: runs.length, miniature: await miniatureRows(experiment) },
    tables: tables.map((table) => conformanceTable(table, reportRuns(runs), substitutes)),
  };
}

/** `model what` of the cells that cannot be run. */
const missingIn = ({ cells }: ReproductionPlan): ReadonlySet<string> =>
  new Set(cells.flatMap(({ model, what, missing }) => (missing === null ? [] : [model, `${model} ${what}`])));

const computing = ({ engine, threads, dtype, device }: ReproduceOptions) => ({ engine, threads, dtype, device });

/** Those that are here; in a smoke run all are. */
const present = (
  named: readonly string[],
  { smoke }: Pick<ReproduceOptions, 'smoke'>,
  missing: ReadonlySet<string>,
  task?: string,
) => named.filter((model) => smoke || !missing.has(task === undefined ? model : `${model} ${task}`));

/** Runs of one setting, tasks and models together, so that weights are loaded once. */
interface RunGroup extends Omit<PlannedRuns, 'task' | 'models'> {
  readonly tasks: readonly string[];
  readonly models: readonly string[];
}

function groupsOf(
  runs: Experiment['runs'],
  options: ReproduceOptions,
  missing: ReadonlySet<string>,
): readonly RunGroup[] {
  const planned = smallRuns(runs, options.smoke).flatMap(({ models, ...asked }) => {
    const here = present(models, options, missing, asked.task);
    return here.length === 0 ? [] : [{ ...asked, models: here }];
  });
  const groups = groupBy(planned, ({ task: _task, ...setting }) => canonicalJson(setting));
  return [...groups.values()].flatMap((group) => {
    const [{ task: _task, ...setting }] = group as [(typeof planned)[number]];
    return [{ ...setting, tasks: [...new Set(group.map(({ task }) => task))] }];
  });
}

const labelOf = ({ tasks, protocol, models }: RunGroup): string =>
  `${tasks.join(', ')} (${protocol}): ${models.join(', ')}`;

async function execute(
  { tasks, models, protocol, steps = [32], draws = 1, shots, limit }: RunGroup,
  out: string,
  { smoke, dataDir, unsafeNoSandbox, engine, threads, dtype, device, batchTokens }: ReproduceOptions,
  observer: Observer,
): Promise<Record<string, never>> {
  // Left-to-right models have no T, and would be told that it changes nothing.
  const hasSteps = models.some((model) => familyOf(model) === 'diffusion');
  const asked: RunOptions = {
    ...{ ...RUN_DEFAULTS, engine, threads, dtype, device, batchTokens, unsafeNoSandbox },
    ...{ models, tasks, protocol, draws, shots: shots ?? null, limit: limit ?? null, out, dataDir },
    ...{ steps: hasSteps ? steps : RUN_DEFAULTS.steps, fixtures: smoke },
  };
  // What is planned is not what was typed: that a flag of `bench run` has no say in one of the runs is no news.
  const quiet: Observer = { ...observer, noted: (note) => (note.startsWith('--') ? undefined : observer.noted(note)) };
  await executeRuns(await prepareRuns(asked, quiet), asked, quiet);
  return {};
}
