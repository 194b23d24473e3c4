/** `bench data`: the data sets, listed, checked or fetched. */

import type { OptionsOf } from '../../options/option.ts';
import { dataDir, json } from '../../options/shared.ts';
import type { CommandIo } from '../shell/io.ts';
import { declareVerb, oneOf } from '../shell/verb.ts';
import { dataList, dataPull, dataVerify } from './sources.ts';

const ACTIONS = ['list', 'verify', 'pull'] as const;
const OPTIONS = { dataDir, json };

interface DataVerbOptions extends OptionsOf<typeof OPTIONS> {
  readonly action: (typeof ACTIONS)[number];
  readonly names: readonly string[];
}

export const verb = declareVerb({
  options: OPTIONS,
  examples: [
    ['data verify', 'check the SHA-256 of every file that is here'],
    ['data pull piqa', 'download the files of one task'],
  ],
  settle: (given, [action = '', ...names]): DataVerbOptions => ({
    ...given,
    action: oneOf('action', action, ACTIONS, 'bench data --help'),
    names,
  }),
  run,
});

async function run(options: DataVerbOptions, io: CommandIo): Promise<number> {
  const pull = () => dataPull({ ...options, signal: io.signal, onProgress: pullProgress(io) });
  const act = { list: () => dataList(options), verify: () => dataVerify(options), pull }[options.action];
  const { document, text, exitCode } = await act();
  io.stdout(options.json ? `${JSON.stringify(document, null, 2)}\n` : endLine(text));
  return exitCode;
}

/** One line that is redrawn on a terminal; nothing elsewhere. */
function pullProgress(io: CommandIo): (progress: { file: string; received: number; total: number | null }) => void {
  return ({ file, received, total }) => {
    if (!io.isTerminal) return;
    const share = total === null ? '' : ` of ${(total / 1e6).toFixed(1)}`;
    io.stderr(`\r\x1b[K${file} ${(received / 1e6).toFixed(1)}${share} MB${received === total ? '\n' : ''}`);
  };
}

const endLine = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
