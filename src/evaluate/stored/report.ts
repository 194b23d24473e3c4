/** Stored runs as one document: a page, Markdown, CSV or JSON. */

import { taskNamed } from '../../../tasks/index.ts';
import { type Catalog, readCatalog } from '../../checkpoints/catalog.ts';
import { type ErrorCode, HarnessError } from '../../core/errors.ts';
import type { RunManifest } from '../../core/manifest.ts';
import type { ItemRecord } from '../../core/record.ts';
import { oneOf, unknownName } from '../../core/text/nearest.ts';
import { toCsv } from '../../datasets/csv.ts';
import { chosenRuns, modelMeant } from '../../gate/measured/run-choice.ts';
import { names, text } from '../../options/fields.ts';
import { type OptionsOf, option, presetsOf } from '../../options/option.ts';
import { RUN_CHOICE_OPTIONS } from '../../options/run-choice.ts';
import { clusters } from '../../options/shared.ts';
import { chartPainter, drawingNote } from '../../report/charts/draw-chart.ts';
import { planningColumns } from '../../report/charts/planning.ts';
import { REPORT_FIELDS, reportLines } from '../../report/documents/report-lines.ts';
import { reportMarkdown } from '../../report/documents/report-markdown.ts';
import { curvesSection } from '../../report/html/curves-section.ts';
import { reportPage } from '../../report/html/report-page.ts';
import { samplesSection } from '../../report/html/samples-section.ts';
import { nameWriter, type Section, type WriteName } from '../../report/html/section.ts';
import { type ItemTexts, sampleAnswer, toItemTexts } from '../../report/items/item-texts.ts';
import { sampleBrowserView } from '../../report/items/sample-view.ts';
import { questionSets } from '../../report/view/group-runs.ts';
import { namedModels, type ReportView, reportRuns, toReportView } from '../../report/view/report-view.ts';
import type { RunColumns, TaskFacts } from '../../report/view/run-columns.ts';
import { toRunColumns } from '../../report/view/to-run-columns.ts';
import type { UnreadableRun } from '../../report/view/warnings.ts';
import { readManifest } from '../../store/read-manifest.ts';
import { readRun } from '../../store/read-run.ts';
import { reportedPart } from '../../store/records/kept-part.ts';
import { readQuestions } from '../../store/records/question-file.ts';
import { runFoldersIn } from '../../store/run-folder.ts';
import { readTraces } from '../../store/traces/trace-file.ts';
import { clustersOf, headlineOf } from '../known-of-runs.ts';
import { RUN_DEFAULTS } from '../options.ts';
import { clientScript } from './client-script.ts';
import { toldViews } from './told-views.ts';

const FORMATS = ['html', 'md', 'csv', 'json'] as const;
type ReportFormat = (typeof FORMATS)[number];

export const REPORT_OPTIONS = {
  runs: option(text('a folder'), 'folder that holds one folder a run', RUN_DEFAULTS.out),
  models: option(names('model names'), 'models to report, as their runs name them', null, 'all that have a run'),
  tasks: option(names('task names'), 'tasks to report', null, 'all that have a run'),
  ...RUN_CHOICE_OPTIONS,
  clusters,
  format: option(text('html, md, csv or json'), 'html, md, csv or json', 'html'),
};

export interface StoredReport extends OptionsOf<typeof REPORT_OPTIONS> {
  readonly format: ReportFormat;
}

/** @throws HarnessError 'unknown-name' on a format that is none */
export const toStoredReport = <O extends OptionsOf<typeof REPORT_OPTIONS>>(given: O): O & StoredReport => ({
  ...given,
  format: oneOf('format', given.format, FORMATS, 'bench report --help'),
});

/** The whole document, as it is written to a file. */
export async function reportText(options: StoredReport): Promise<string> {
  const { runs, unreadable, samples } = await storedColumns(options);
  const view = toReportView({ runs, unreadable });
  return options.format === 'html' ? htmlText(view, runs, samples) : DOCUMENTS[options.format](view);
}

async function htmlText(
  view: ReportView,
  runs: readonly RunColumns[],
  samples: ReadonlyMap<string, ItemTexts>,
): Promise<string> {
  const names = nameWriter(namedModels(view));
  const [curves, browser] = await Promise.all([
    curvesSection(view, chartPainter(), names),
    browserSection(runs, samples, names),
  ]);
  const further = browser === null ? [] : [browser];
  return reportPage(view, { curves, drawingNote: drawingNote(), further });
}

async function browserSection(
  runs: readonly RunColumns[],
  samples: ReadonlyMap<string, ItemTexts>,
  names: WriteName,
): Promise<Section | null> {
  return samplesSection(await sampleBrowserView(questionSets(reportRuns(runs)), samples), await clientScript(), names);
}

const DOCUMENTS: Readonly<Record<Exclude<ReportFormat, 'html'>, (view: ReportView) => string>> = {
  md: reportMarkdown,
  csv: (view) => toCsv(REPORT_FIELDS, reportLines(view)),
  json: (view) => `${JSON.stringify(view, null, 2)}\n`,
};

/** Errors that are not about the run at hand. */
const OF_ALL_RUNS: readonly ErrorCode[] = ['bad-arguments', 'system'];

interface ChosenRuns {
  readonly runs: readonly RunColumns[];
  readonly unreadable: readonly UnreadableRun[];
  /** By run id; of pages only. */
  readonly samples: ReadonlyMap<string, ItemTexts>;
}

/** One run at a time: of each, only what the report needs is kept. */
async function storedColumns(options: StoredReport): Promise<ChosenRuns> {
  const { runs: folder, format } = options;
  const known = clustersOf(options.clusters);
  const catalog = readCatalog();
  const runs: RunColumns[] = [];
  const unreadable: UnreadableRun[] = [];
  const seen: { readonly path: string; readonly manifest: RunManifest }[] = [];
  const samples = new Map<string, ItemTexts>();
  const leaveOut = (path: string, error: unknown) => {
    if (!(error instanceof HarnessError) || OF_ALL_RUNS.includes(error.code)) throw error;
    unreadable.push({ folder: path, reason: error.message });
  };
  for (const path of await runFoldersIn(folder)) {
    const manifest = await readManifest(path).catch((error: unknown) => leaveOut(path, error));
    if (manifest !== undefined) seen.push({ path, manifest });
  }
  for (const { path, manifest } of chosenRuns(seen, (each) => each.manifest, options)) {
    try {
      const answers = new Map<string, string>();
      const keep = (record: ItemRecord) => {
        if (format === 'html') answers.set(record.id, JSON.stringify(sampleAnswer(record)));
        return reportedPart(record);
      };
      const stored = await readRun(path, keep, known);
      const run = toRunColumns(stored, { ...factsOf(manifest, catalog), told: await toldViews(manifest) });
      const traces = await readTraces(path);
      const planning = planningColumns(stored.records, traces.byId);
      runs.push(planning === null ? run : { ...run, planning });
      if (format === 'html') {
        const questions = await readQuestions(path);
        samples.set(stored.runId, toItemTexts(stored, { answers, questions, traces, headline: run.facts.headline }));
      }
    } catch (error) {
      leaveOut(path, error);
    }
  }
  const manifests = seen.map(({ manifest }) => manifest);
  if (seen.length > 0) checkNames(folder, manifests, options);
  if (runs.length === 0) throw nothingToReport(folder, manifests, unreadable);
  return { runs, unreadable, samples };
}

function factsOf(manifest: RunManifest, catalog: Catalog): TaskFacts {
  const task = taskNamed(manifest.task.name);
  const isListedModel = catalog.has(manifest.model.name);
  return { chance: task?.chance ?? null, floors: task?.floors, isListedModel, ...headlineOf(manifest) };
}

/** @throws HarnessError on a model or task that no stored run has */
function checkNames(folder: string, seen: readonly RunManifest[], { models, tasks }: StoredReport): void {
  const check = (kind: string, asked: readonly string[] | null, known: readonly string[]) => {
    const meant = (name: string) => (kind === 'stored model' ? modelMeant(name, known) : name);
    const found = asked?.find((name) => !known.includes(meant(name)));
    const candidates = [...new Set(known)];
    if (found !== undefined)
      throw unknownName({ kind, found, candidates, listedBy: `bench list runs --runs ${folder}` });
  };
  check(
    'stored model',
    models,
    seen.map(({ model }) => model.name),
  );
  check(
    'stored task',
    tasks,
    seen.map(({ task }) => task.name),
  );
}

function nothingToReport(
  folder: string,
  seen: readonly RunManifest[],
  [first]: readonly UnreadableRun[],
): HarnessError {
  if (first !== undefined) return new HarnessError('store-corrupt', `no run in ${folder} can be read; ${first.reason}`);
  if (seen.length > 0) {
    const message = `expected a stored run of these models on these tasks with these settings in ${folder}, found none`;
    return new HarnessError('unknown-name', message, { hint: `bench list runs --runs ${folder} names what there is` });
  }
  const hint = 'bench run --models tiny-gpt2,tiny-diffugpt makes some; --runs DIR names another folder';
  return new HarnessError('unknown-name', `expected stored runs in ${folder}, found none`, { hint });
}

/** Every run that a folder holds; none where it holds none, or is not there. */
export async function columnsIn(folder: string): Promise<readonly RunColumns[]> {
  const folders = await runFoldersIn(folder).catch(() => []);
  if (folders.length === 0) return [];
  return (await storedColumns({ ...presetsOf(REPORT_OPTIONS), runs: folder, format: 'json' })).runs;
}
