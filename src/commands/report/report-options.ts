/** What `bench report` is told. */

import { z } from 'zod';
import { HarnessError } from '../../core/errors.ts';
import { RUN_DEFAULTS } from '../../evaluate/options.ts';
import { list, type RawOptions } from '../run/run-schema.ts';
import { oneOf, text } from '../shell/verb.ts';

export const REPORT_FORMATS = ['html', 'md', 'csv', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportOptions {
  /** Folder that holds one folder a run. */
  readonly runs: string;
  /** null = every model that has a run. */
  readonly models: readonly string[] | null;
  /** null = every task that has a run. */
  readonly tasks: readonly string[] | null;
  /** null = `reports/report.<format>`. */
  readonly out: string | null;
  readonly format: ReportFormat;
}

/** Options of `bench report` from its flags. @throws HarnessError that names the flag and what was expected */
export function resolveReportOptions(flags: RawOptions): ReportOptions {
  return {
    runs: text(flags, 'runs') ?? RUN_DEFAULTS.out,
    models: names(flags, 'models'),
    tasks: names(flags, 'tasks'),
    out: text(flags, 'out'),
    format: oneOf('format', text(flags, 'format') ?? 'html', REPORT_FORMATS, 'bench report --help'),
  };
}

const NAMES = list(z.string().trim().min(1));

function names(flags: RawOptions, key: string): readonly string[] | null {
  if (flags[key] === undefined) return null;
  const parsed = NAMES.safeParse(flags[key]);
  if (parsed.success) return [...new Set(parsed.data)];
  throw new HarnessError('bad-arguments', `--${key}: expected names separated by commas, found an empty one`);
}
