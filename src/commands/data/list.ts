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
import { type CommandIo, EXIT } from '../shell/io.ts';
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
  if (options.json) {
    io.stdout(`${JSON.stringify({ tasks, models, protocols }, null, 2)}\n`);
    return EXIT.ok;
  }
  const parts: string[] = [];
  if (tasks !== undefined) parts.push(tasksText(tasks, io.columns));
  if (models !== undefined) parts.push(modelsText(models, io.columns));
  if (protocols !== undefined) {
    const rows = protocols.map(({ name, description }) => [name, description]);
    parts.push(textTable(['protocol', 'what it is'], rows, { width: io.columns }));
  }
  io.stdout(parts.join('\n'));
  return EXIT.ok;
}

async function listStored({ runs: folder, json }: ListOptions, io: CommandIo): Promise<number> {
  const { runLines, runLinesText } = await import('./list-runs.ts');
  const runs = await runLines(folder);
  io.stdout(json ? `${JSON.stringify({ runs }, null, 2)}\n` : runLinesText(runs, folder, io.columns));
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
