/** `bench report`: stored runs as one page, or as Markdown, CSV or JSON. Reads stored files only. */

import { join } from 'node:path';
import { REPORT_OPTIONS, reportText, type StoredReport, toStoredReport } from '../../evaluate/stored/report.ts';
import { outFile } from '../../options/shared.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';
import { writeOut } from '../shell/write-out.ts';

const { format, ...others } = REPORT_OPTIONS;
const OPTIONS = {
  ...others,
  out: outFile('file to write', 'reports/report.FORMAT'),
  format,
};

export interface ReportOptions extends StoredReport {
  readonly out: string | null;
}

export const verb = declareVerb({
  options: OPTIONS,
  examples: {
    'report --models gpt2-m,diffugpt-m --tasks piqa,hellaswag --out reports/medium.html': 'two models on two tasks',
    'report --format md --out summary.md': 'the tables as Markdown, for a pull request',
    'report --format csv': 'every number as a line of reports/report.csv',
  },
  settle: (given): ReportOptions => toStoredReport(given),
  run,
});

export async function run(options: ReportOptions, io: CommandIo): Promise<number> {
  const text = await reportText(options);
  const file = options.out ?? join('reports', `report.${options.format}`);
  await writeOut('--out', file, text);
  io.stdout(`${file}\n`);
  return EXIT.ok;
}
