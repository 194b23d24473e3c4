/**
 * What a program imports of this package: everything that the command line does, as functions that take the same settings
 * and return values. What a task author needs stands beside it (`defineTask` and the vocabulary of `index.ts`); the suites that
 * a task or an engine must pass are `dlm-bench/testing`.
 */
import type { Estimate } from './core/estimate.ts';
import type { RunManifest } from './core/manifest.ts';
import type { ItemRecord } from './core/record.ts';
import { ablateReading } from './evaluate/ablate.ts';
import { requireConsistent, toAblateOptions, toSweepOptions } from './evaluate/consistent-options.ts';
import { executeRuns, prepareRuns } from './evaluate/execute-runs.ts';
import { explainRuns } from './evaluate/explain-runs.ts';
import { type Observer, SILENT } from './evaluate/observer.ts';
import { ABLATE_OPTIONS, RUN_DEFAULTS, RUN_OPTIONS, SCORE_OPTIONS, SWEEP_OPTIONS } from './evaluate/options.ts';
import { answerAll, type ScoreAnswer } from './evaluate/requests/answer-requests.ts';
import type { ScoreRequest } from './evaluate/requests/request-line.ts';
import { BLESS_OPTIONS, blessRuns } from './evaluate/stored/bless.ts';
import { COMPARE_OPTIONS, compareStored, toSides } from './evaluate/stored/compare.ts';
import { openGated } from './evaluate/stored/gated-sides.ts';
import { REPORT_OPTIONS, reportText, toStoredReport } from './evaluate/stored/report.ts';
import { sweepSteps } from './evaluate/sweep.ts';
import type { ComparisonDocument } from './gate/compare/comparison.ts';
import type { GateDocument } from './gate/judge/gate-document.ts';
import { type BenchConfig, resolveGateRules } from './gate/judge/gate-schema.ts';
import { judge } from './gate/judge/judge.ts';
import type { TaskPlugin } from './index.ts';
import type { GivenOf } from './options/option.ts';
import { completed } from './options/read-options.ts';
import { addPlugins, addTask, type Plugin } from './plugins.ts';
import type { AblationDocument } from './report/view/ablation.ts';
import type { ExplainDocument } from './report/view/explain.ts';
import type { SweepDocument } from './report/view/sweep.ts';
import { type LeaveOut, readRun, readRunsIn } from './store/read-run.ts';
import type { StoredRun } from './store/stored-run.ts';

export { z } from 'zod';
export type { Observer, Progress, Work } from './evaluate/observer.ts';
export type { ScoreAnswer } from './evaluate/requests/answer-requests.ts';
export type { ScoreRequest } from './evaluate/requests/request-line.ts';
export * from './index.ts';
export { defineArchitecture, defineEngine, defineFormat, definePlugin, type Plugin } from './plugins.ts';

/** Who looks on, and how to stop what was begun. */
export interface Surroundings {
  /** Plugins by file or package name, or as they are; `tasks` may name what they bring. */
  readonly plugins?: readonly (string | Plugin)[];
  /** Told of progress; nobody by default. */
  readonly observer?: Partial<Omit<Observer, 'signal'>>;
  /** Finishes or drops the batch in hand; what is done is stored, and the next call resumes. */
  readonly signal?: AbortSignal;
}

/** What a verb is told, without what is about the terminal; tasks by name, or as they are. */
type Settings<Given> = Omit<Given, 'tasks' | 'json' | 'explain'> &
  Surroundings & { readonly tasks?: readonly (string | TaskPlugin)[] };

/** The settings of `bench run` by the names of its flags (`dataDir` for `--data-dir`), all but the models optional. */
export type RunSettings = Settings<GivenOf<typeof RUN_OPTIONS>>;
export type SweepSettings = Settings<GivenOf<typeof SWEEP_OPTIONS>>;
export type AblateSettings = Settings<GivenOf<typeof ABLATE_OPTIONS>>;
export type ScoreSettings = GivenOf<typeof SCORE_OPTIONS> & Surroundings;

/** A model on a task, as it is stored. */
export interface Run {
  /** Where it is stored: `manifest.json`, `records.jsonl`, `summary.json` and more. */
  readonly folder: string;
  /** What decides its numbers, in short; the same settings give the same one. */
  readonly runId: string;
  /** All items are in. */
  readonly complete: boolean;
  /** Model, task, data and settings. */
  readonly manifest: RunManifest;
  /** Every metric with its interval, by name. */
  readonly estimates: Readonly<Record<string, Estimate>>;
  /** In the order of the data set. */
  readonly records: readonly ItemRecord[];
  /** What a reader of the numbers must know, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Scores models on tasks, side by side. Repeating the call resumes what is stored and computes nothing twice.
 *
 *     const [first] = await run({ models: ['tiny-gpt2'], tasks: ['stories-choice'], limit: 20 });
 *     console.log(first?.estimates.acc?.value);
 *
 * @throws HarnessError 'unknown-name', 'missing-checkpoint', 'missing-dataset' and others, before the first forward pass
 */
export async function run(settings: RunSettings): Promise<readonly Run[]> {
  const { observer, given } = await opened(settings);
  const options = requireConsistent(completed(RUN_OPTIONS, given));
  const executed = await executeRuns(await prepareRuns(options, observer), options, observer);
  return executed.map(({ stored, report }) => toRun(stored, [...report.warnings]));
}

/**
 * Compares numbers of diffusion steps T: the curve, and the smallest T that is as good as the largest.
 *
 *     const { sweeps } = await sweep({ models: ['tiny-diffugpt'], tasks: ['pointer-chasing'], steps: [1, 4, 16] });
 */
export async function sweep(settings: SweepSettings): Promise<SweepDocument> {
  const { observer, given } = await opened(settings);
  return sweepSteps(toSweepOptions(completed(SWEEP_OPTIONS, given)), observer);
}

/**
 * Reads diffusion models with less of the future or with the other alignment, item by item against their own way.
 *
 *     const { ablations } = await ablate({ models: ['tiny-diffugpt'], tasks: ['stories-choice'], attention: [0, 1] });
 */
export async function ablate(settings: AblateSettings): Promise<AblationDocument> {
  const { observer, given } = await opened(settings);
  return ablateReading(toAblateOptions(completed(ABLATE_OPTIONS, given)), observer);
}

/**
 * What each difference between the protocols `canonical` and `paper` moves on the same items. Stores nothing.
 *
 *     const { explanations } = await explain({ models: ['tiny-diffugpt'], tasks: ['piqa'], limit: 8 });
 */
export async function explain(settings: RunSettings): Promise<ExplainDocument> {
  const { observer, given } = await opened(settings);
  return explainRuns(requireConsistent(completed(RUN_OPTIONS, given)), observer);
}

/**
 * Answers requests of any kind, in order, as `bench score` does: for each an answer, or why there is none.
 *
 *     const requests = [{ id: 1, kind: 'loglikelihood', context: 'The sky is', continuation: ' blue' }] as const;
 *     const [answer] = await score(requests, { model: 'tiny-gpt2' });
 *     if (answer !== undefined && 'sum' in answer) console.log(answer.sum);
 *
 * @throws HarnessError 'unknown-name', 'missing-checkpoint' and others of the model; never of a request
 */
export async function score(
  requests: readonly ScoreRequest[],
  settings: ScoreSettings,
): Promise<readonly ScoreAnswer[]> {
  const { observer, given } = await surrounded(settings);
  const lines = requests.map((request) => JSON.stringify(request));
  return answerAll(lines, requireConsistent(completed(SCORE_OPTIONS, given)), observer);
}

/**
 * One stored run. Needs no model and no data.
 *
 *     const { records, manifest } = await openRun('results/runs/tiny-gpt2-stories-choice-canonical-0123456789ab');
 *
 * @throws HarnessError 'store-corrupt' without a manifest
 */
export async function openRun(folder: string): Promise<Run> {
  return toRun(await readRun(folder));
}

/**
 * Every stored run of a folder, by name.
 *
 *     for (const { manifest, estimates } of await readRuns()) console.log(manifest.task.name, estimates.acc?.value);
 *
 * @param leaveOut told of a run that cannot be read, so that the others go on; without it such a run stops the call
 */
export async function readRuns(folder = RUN_DEFAULTS.out, leaveOut: LeaveOut | null = null): Promise<readonly Run[]> {
  return (await readRunsIn(folder, leaveOut)).map((stored) => toRun(stored));
}

/** What `bench compare` is told of how to compare. */
export type CompareSettings = GivenOf<typeof COMPARE_OPTIONS>;

/**
 * Two stored runs, folders of runs or baseline files, item by item: what differs, and whether that is shown.
 *
 *     const { rows } = await compare('results/before', 'results/after', { tasks: ['piqa'] });
 *     for (const { task, metric, verdict } of rows) console.log(task, metric, verdict);
 *
 * @param candidate null: the other of the two `models` of the same folder
 * @throws HarnessError 'bad-arguments' where nothing can be paired
 */
export async function compare(
  reference: string,
  candidate: string | null,
  settings: CompareSettings = {},
): Promise<ComparisonDocument> {
  return compareStored(toSides(completed(COMPARE_OPTIONS, settings), reference, candidate));
}

/**
 * Is a candidate as good as the baseline? `verdict` is pass, regression or inconclusive.
 *
 *     const { verdict } = await gate('results/baselines/main.json', 'results/runs', { defaults: { margin: 0.02 } });
 *
 * @param rules as `gate` in `bench.config.json`
 * @param clusters which items belong together, instead of what runs and tasks say
 */
export async function gate(
  baseline: string,
  candidate: string,
  rules: NonNullable<BenchConfig['gate']> = {},
  clusters: RegExp | 'none' | null = null,
): Promise<GateDocument> {
  const { baselines, candidates, notes } = await openGated({ baseline, candidate, clusters });
  return judge(baselines, candidates, resolveGateRules({ gate: rules }), notes);
}

/**
 * Makes finished runs the baseline of later gates: one file for git.
 *
 *     const { file } = await bless('results/runs', { name: 'main' });
 */
export async function bless(runs: string, settings: GivenOf<typeof BLESS_OPTIONS> = {}) {
  return blessRuns(runs, completed(BLESS_OPTIONS, settings));
}

/**
 * Stored runs as one document, given back as text: a page (`html`), or `md`, `csv`, `json`.
 *
 *     await writeFile('report.md', await report({ runs: 'results/runs', format: 'md' }));
 */
export async function report(settings: GivenOf<typeof REPORT_OPTIONS> = {}): Promise<string> {
  return reportText(toStoredReport(completed(REPORT_OPTIONS, settings)));
}

/** Plugins and tasks are registered, the rest is as the options have it. */
async function opened<Given extends { readonly models: readonly string[] }>(settings: Settings<Given>) {
  const { observer, given } = await surrounded(settings);
  const named = given.tasks?.map((task) => (typeof task === 'string' ? task : addTask(task)));
  return { observer, given: { ...given, ...(named === undefined ? {} : { tasks: named }) } as unknown as Given };
}

async function surrounded<S extends Surroundings>({ observer, signal, plugins = [], ...given }: S) {
  await addPlugins(plugins);
  const looking: Observer = { ...SILENT, ...observer, ...(signal === undefined ? {} : { signal }) };
  return { observer: looking, given };
}

function toRun(stored: StoredRun, warnings = stored.warnings.map(({ message }) => message)): Run {
  const { folder, runId, manifest, summary, records } = stored;
  return { folder, runId, complete: summary.complete, manifest, estimates: summary.metrics, records, warnings };
}
