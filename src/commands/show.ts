/** `bench show`: a stored run in numbers, or one of its items in full. Reads stored files only. */
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HarnessError } from '../core/errors.ts';
import type { ItemRecord } from '../core/record.ts';
import type { AlternativeScore, Quantity, Ranking, Response } from '../core/response.ts';
import type { TaskPlugin } from '../core/task.ts';
import { toJsonDocument } from '../report/json-document.ts';
import { runNotes } from '../report/run-notes.ts';
import type { RunReport } from '../report/run-report.ts';
import { toRunReport } from '../report/stored-report.ts';
import { metricTable } from '../report/table.ts';
import { textTable, wrapText } from '../report/text-table.ts';
import { listRuns } from '../store/list-runs.ts';
import { readRun, type StoredRun } from '../store/read-run.ts';
import { type CommandIo, EXIT } from './io.ts';
import { RUN_DEFAULTS } from './run-options.ts';
import { requireItemTrace, traceCoverage, traceText } from './show-trace.ts';
import { nearest } from './suggest.ts';

export interface ShowOptions {
  /** A run's folder, or its name below `results/runs`. */
  readonly path: string;
  /** Id or index of an item; null = the run as a whole. */
  readonly item: string | null;
  /** The denoising steps of the item's texts in place of its scores. */
  readonly trace?: boolean;
  readonly json: boolean;
}

export async function run(options: ShowOptions, io: CommandIo): Promise<number> {
  const stored = await readRun(await locateRun(options.path));
  if (options.item === null) {
    if (options.trace === true) {
      throw new HarnessError('bad-arguments', '--trace: expected an item to show the steps of, found none', {
        hint: 'bench show RUN ITEM --trace',
      });
    }
    const task = await taskOf(stored.manifest.task.name);
    const report = toRunReport(stored, task?.chance ?? null, task?.floors);
    io.stdout(
      options.json
        ? `${JSON.stringify(toJsonDocument([report]), null, 2)}\n`
        : runText(stored, report, await traceCoverage(stored), io.columns),
    );
    return EXIT.ok;
  }
  const record = findItem(stored, options.item);
  if (options.trace === true) {
    const trace = await requireItemTrace(stored, record.id);
    io.stdout(options.json ? `${JSON.stringify(trace, null, 2)}\n` : traceText(trace, io.columns));
    return EXIT.ok;
  }
  io.stdout(options.json ? `${JSON.stringify(record, null, 2)}\n` : itemText(record));
  return EXIT.ok;
}

/** The folder of a run: as given, or below the folder where runs are kept. */
export async function locateRun(path: string): Promise<string> {
  const candidates = [path, join(RUN_DEFAULTS.out, path)];
  const folder = candidates.find((candidate) => existsSync(join(candidate, 'manifest.json')));
  if (folder !== undefined) return folder;
  const inside = existsSync(path) && statSync(path).isDirectory() ? await listRuns(path) : [];
  const known = (await listRuns(RUN_DEFAULTS.out)).map((listed) => basename(listed.folder));
  const near = inside[0]?.folder ?? nearest(basename(path), known);
  throw new HarnessError('unknown-name', `expected the folder of a run, found no manifest.json in ${path}`, {
    hint: near === null ? `runs are kept in ${RUN_DEFAULTS.out}, unless --out said otherwise` : `did you mean ${near}?`,
  });
}

async function taskOf(task: string): Promise<TaskPlugin | undefined> {
  const { TASKS, WRITING_TASKS } = await import('../../tasks/index.ts');
  return [...TASKS, ...WRITING_TASKS].find(({ name }) => name === task);
}

function findItem(stored: StoredRun, wanted: string): ItemRecord {
  const record =
    stored.records.find(({ id }) => id === wanted) ?? stored.records.find(({ index }) => String(index) === wanted);
  if (record !== undefined) return record;
  const [first, last] = [stored.records[0], stored.records.at(-1)];
  throw new HarnessError('unknown-name', `expected the id or index of a stored item, found "${wanted}"`, {
    hint:
      first === undefined || last === undefined
        ? 'this run has no items yet'
        : `items: ${first.id} (${first.index}) to ${last.id} (${last.index})`,
  });
}

function runText(stored: StoredRun, report: RunReport, traced: string | null, columns: number): string {
  const { manifest, summary, environment } = stored;
  const facts = [
    ['run', stored.folder],
    [
      'model',
      `${report.model}, ${manifest.model.architecture}, ${manifest.model.parameters.toLocaleString('en')} parameters`,
    ],
    ['weights', `sha256 ${manifest.model.weightsDigest}`],
    ['task', `${report.task} v${manifest.task.version}, ${manifest.dataset.source}, ${manifest.dataset.rows} rows`],
    ['rows', `sha256 ${manifest.dataset.digest}`],
    ['items', `${summary.items} of ${summary.expectedItems}`],
    ...(traced === null ? [] : [['steps kept', traced]]),
    ['sessions', environment.sessions.map(({ started, state }) => `${started} (${state})`).join(', ') || 'unknown'],
  ];
  const table = Object.keys(report.metrics).length === 0 ? 'No item has a score.\n' : metricTable(report);
  return `${textTable(['', ''], facts).split('\n').slice(2).join('\n')}\n${table}\n${runNotes([report])
    .map((note) => wrapText(note, columns, '  '))
    .join('\n')}\n`;
}

function itemText({ id, index, score, response }: ItemRecord): string {
  const lines = [`${id} (item ${index})`];
  if (score.kind === 'unscored') lines.push(`unscored: ${score.code}: ${score.reason}`);
  else {
    const chosen = score.answer === null ? '' : `chose answer ${score.answer}, `;
    lines.push(`${chosen}gold is ${score.gold}${score.undecided ? ', undecided within Monte-Carlo noise' : ''}`);
    for (const [metric, value] of Object.entries(score.values)) lines.push(`  ${metric} ${value}`);
    for (const [view, verdicts] of Object.entries(score.verdicts ?? {})) {
      lines.push(`  view ${view}: ${verdicts.join(', ')}`);
    }
  }
  return `${[...lines, ...responseLines(response)].join('\n')}\n`;
}

function responseLines(response: Response): string[] {
  if (response.kind === 'unanswered') return [`unanswered: ${response.code}: ${response.reason}`];
  if (response.kind === 'written') return writtenLines(response);
  const views = Object.entries(response.views).flatMap(([name, view]) => [
    '',
    `view ${name}`,
    textTable(['answer', 'tokens', 'exact', 'scores in nats'], view.alternatives.map(alternativeRow), {
      right: [0, 1],
    }).trimEnd(),
    ...Object.entries(view.rankings).flatMap(([ranking, result]) =>
      result === undefined ? [] : [rankingLine(ranking, result)],
    ),
  ]);
  return [`${response.nfe} sequences through the network`, ...views];
}

function writtenLines({ views, refused = {}, nfe }: Extract<Response, { kind: 'written' }>): string[] {
  const texts = Object.entries(views).flatMap(([name, written]) =>
    written.map(({ steps, draw, text, tokens, nfe: passes }) => {
      const how = steps === null ? 'left to right' : `T = ${steps}, draw ${draw}`;
      return `view ${name}, ${how}, ${tokens} tokens, ${passes} passes: ${JSON.stringify(text)}`;
    }),
  );
  const missing = Object.entries(refused).map(([name, { code, reason }]) => `view ${name}: ${code}: ${reason}`);
  return [`${nfe} sequences through the network`, ...texts, ...missing];
}

function rankingLine(name: string, { best, runnerUp, margin, stderr }: Ranking): string {
  const lead = runnerUp === null ? '' : ` before ${runnerUp} by ${short(margin)} ± ${short(stderr)}`;
  return `  ${name}: answer ${best}${lead}`;
}

function alternativeRow(alternative: AlternativeScore, index: number): string[] {
  const quantities = Object.entries(alternative.quantities) as [Quantity, { value: number; stderr: number }][];
  const scores = quantities.map(
    ([name, { value, stderr }]) => `${name} ${short(value)}${stderr > 0 ? ` ± ${short(stderr)}` : ''}`,
  );
  return [String(index), String(alternative.tokens), alternative.exact ? 'yes' : 'no', scores.join('\n')];
}

const short = (x: number): string => x.toPrecision(5);
