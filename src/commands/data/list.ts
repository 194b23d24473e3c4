/** `bench list`: what can be named on the command line, and what of it is on this machine. */
import { PROTOCOLS, type ProtocolName } from '../../core/names.ts';
import { oneOf } from '../../core/text/nearest.ts';
import { isHere } from '../../datasets/load-source.ts';
import { RUN_DEFAULTS } from '../../evaluate/options.ts';
import { text } from '../../options/fields.ts';
import { type OptionsOf, option } from '../../options/option.ts';
import { dataDir, json } from '../../options/shared.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { listModels, modelsText } from '../models/list-models.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';

const SECTIONS = ['tasks', 'models', 'protocols', 'runs'] as const;
const OPTIONS = {
  dataDir,
  runs: option(text('a folder'), 'folder that holds one folder a run, for list runs', RUN_DEFAULTS.out),
  json,
};

export interface ListOptions extends OptionsOf<typeof OPTIONS> {
  /** null = all but the runs. */
  readonly section: (typeof SECTIONS)[number] | null;
}

export const verb = declareVerb({
  options: OPTIONS,
  examples: {
    'list tasks --data-dir ./data': 'tasks, and whether their data is found there',
    'list runs': 'what is stored: what, when, how many items, and where',
  },
  settle: (given, [section]): ListOptions => ({
    ...given,
    section: section === undefined ? null : oneOf('section', section, SECTIONS, 'bench list --help'),
  }),
  run,
});

const ABOUT_PROTOCOLS: Readonly<Record<ProtocolName, string>> = {
  canonical: 'whole text cut into tokens once; exact or low-variance scores; for new results',
  paper: "the published scripts, quirks included, seeded; for the article's tables",
  'paper-text': 'what the article says where its scripts do otherwise',
  olmes: "the requests of AI2's OLMES suite, zero-shot",
  'lm-eval': 'the requests of lm-evaluation-harness (4e7e0d47f), few-shot examples included',
};

type ListedTask = Awaited<ReturnType<typeof listTasks>>[number];

async function run(options: ListOptions, io: CommandIo): Promise<number> {
  if (options.section === 'runs') return listStored(options, io);
  const isAsked = (section: ListOptions['section']) => options.section === null || options.section === section;
  const tasks = isAsked('tasks') ? await listTasks(options.dataDir) : undefined;
  const models = isAsked('models') ? await listModels() : undefined;
  const protocols = isAsked('protocols')
    ? PROTOCOLS.map((name) => ({ name, description: ABOUT_PROTOCOLS[name] }))
    : undefined;
  print(io, options, { tasks, models, protocols }, () => {
    const rows = (protocols ?? []).map(({ name, description }) => [name, description]);
    return [
      ...(tasks === undefined ? [] : [tasksText(tasks, io.columns)]),
      ...(models === undefined ? [] : [modelsText(models, io.columns)]),
      ...(rows.length === 0 ? [] : [textTable(['protocol', 'what it is'], rows, { width: io.columns })]),
    ].join('\n');
  });
  return EXIT.ok;
}

async function listStored({ runs: folder, ...options }: ListOptions, io: CommandIo): Promise<number> {
  const { runLines, runLinesText } = await import('./list-runs.ts');
  const runs = await runLines(folder);
  print(io, options, { runs }, () => runLinesText(runs, folder, io.columns));
  return EXIT.ok;
}

async function listTasks(dataDir: string | null) {
  const { ALL_TASKS } = await import('../../../tasks/index.ts');
  return ALL_TASKS.map((task) => ({
    name: task.name,
    version: task.version,
    description: task.description,
    chance: task.chance,
    protocols: Object.keys(task.protocols),
    sources: task.sources.map((source) => ({
      name: source.name,
      variant: source.variant,
      present: isHere(source, { dataDir }),
    })),
  }));
}

function tasksText(tasks: readonly ListedTask[], width: number): string {
  const rows = tasks.map((task) => {
    const here = task.sources.filter(({ present }) => present).map(({ name }) => name);
    return [task.name, `v${task.version}`, here[0] ?? 'built-in rows only', task.description];
  });
  const missing = tasks.filter(({ sources }) => !sources.some(({ present }) => present)).map(({ name }) => name);
  const advice = missing.length === 0 ? '' : `How to get the data of ${missing.join(', ')}: bench data list\n`;
  return textTable(['task', '', 'data', 'what it asks'], rows, { width }) + advice;
}
