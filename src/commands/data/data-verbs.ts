/** The verbs that say what is here: tasks, models, data. As in verbs.ts, a module is imported only when its verb runs. */
import { DATA_DIR, JSON_SWITCH } from '../shell/flags.ts';
import type { CommandIo } from '../shell/io.ts';
import { isOn, oneOf, text, type Verb } from '../shell/verb.ts';

const LIST_SECTIONS = ['tasks', 'models', 'protocols'] as const;

export const list: Verb = {
  name: 'list',
  takes: '[tasks|models|protocols]',
  about: 'Name the tasks, models and protocols, and which data and weights are here.',
  flags: { 'data-dir': DATA_DIR, json: JSON_SWITCH },
  examples: [
    ['list', 'everything'],
    ['list tasks --data-dir ./data', 'tasks, and whether their data is found there'],
  ],
  async execute(names, flags, io) {
    const section = names[0] === undefined ? null : oneOf('section', names[0], LIST_SECTIONS, 'bench list --help');
    return (await import('./list.ts')).run(
      { section, dataDir: text(flags, 'data-dir'), json: isOn(flags, 'json') },
      io,
    );
  },
};

export const models: Verb = {
  name: 'models',
  takes: '[list]',
  about: 'Name the models of the catalog and where their weights are.',
  flags: { json: JSON_SWITCH },
  examples: [['models list', 'catalog names, families, and which weights are here']],
  async execute(names, flags, io) {
    oneOf('action', names[0] ?? 'list', ['list'], 'bench models --help');
    return (await import('./list.ts')).run({ section: 'models', dataDir: null, json: isOn(flags, 'json') }, io);
  },
};

const DATA_ACTIONS = ['list', 'verify', 'pull'] as const;

export const data: Verb = {
  name: 'data',
  takes: 'list|verify|pull [NAME...]',
  about: 'List, check or download the data sets, locked by SHA-256.',
  flags: { 'data-dir': DATA_DIR, json: JSON_SWITCH },
  exits: { failure: 'something wrong or missing was found' },
  examples: [
    ['data list', 'every file, its size, licence and whether it is here'],
    ['data verify', 'check the SHA-256 of every file that is here'],
    ['data pull piqa', 'download the files of one task'],
  ],
  async execute(names, flags, io) {
    const action = oneOf('action', names[0] ?? '', DATA_ACTIONS, 'bench data --help');
    const { dataList, dataPull, dataVerify } = await import('./data.ts');
    const options = { names: names.slice(1), dataDir: text(flags, 'data-dir') };
    const pull = () => dataPull({ ...options, signal: io.signal, onProgress: pullProgress(io) });
    const answer = { list: () => dataList(options), verify: () => dataVerify(options), pull }[action];
    const outcome = await answer();
    io.stdout(isOn(flags, 'json') ? `${JSON.stringify(outcome.document, null, 2)}\n` : endLine(outcome.text));
    return outcome.exitCode;
  },
};

/** One line that is redrawn on a terminal; nothing elsewhere. */
function pullProgress(io: CommandIo): (progress: { file: string; received: number; total: number | null }) => void {
  return ({ file, received, total }) => {
    if (!io.isTerminal) return;
    const share = total === null ? '' : ` of ${(total / 1e6).toFixed(1)}`;
    io.stderr(`\r\x1b[K${file} ${(received / 1e6).toFixed(1)}${share} MB${received === total ? '\n' : ''}`);
  };
}

const endLine = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
