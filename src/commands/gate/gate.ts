/** `bench gate`: is a candidate as good as the baseline? One verdict makes the text, the files and the exit code. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gateAnnotations } from '../../gate/judge/gate-annotations.ts';
import type { GateDocument, Verdict } from '../../gate/judge/gate-document.ts';
import { gateJunit } from '../../gate/judge/gate-junit.ts';
import { gateMarkdown } from '../../gate/judge/gate-markdown.ts';
import { resolveGateRules } from '../../gate/judge/gate-schema.ts';
import { gateText } from '../../gate/judge/gate-text.ts';
import { judge } from '../../gate/judge/judge.ts';
import { openMeasured } from '../../gate/measured/open-measured.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { loadConfig } from './load-config.ts';

export interface GateOptions {
  /** Baseline file, run folder or folder of runs. */
  readonly baseline: string;
  readonly candidate: string;
  readonly baselineModel: string | null;
  readonly candidateModel: string | null;
  /** null = `bench.config.ts` or `.json` in the working directory. */
  readonly config: string | null;
  /** Files to write; null = none. */
  readonly markdown: string | null;
  readonly junit: string | null;
  /** File that GitHub shows as the job's summary; appended to. */
  readonly stepSummary: string | null;
  /** Print GitHub's workflow commands. */
  readonly annotate: boolean;
  readonly json: boolean;
}

const EXIT_OF: Readonly<Record<Verdict, number>> = {
  pass: EXIT.ok,
  regression: EXIT.regression,
  inconclusive: EXIT.inconclusive,
};

export async function run(options: GateOptions, io: CommandIo): Promise<number> {
  const rules = resolveGateRules(await loadConfig(options.config));
  const only = (model: string | null) => ({ models: model === null ? null : [model], tasks: null });
  const baselines = await openMeasured(options.baseline, only(options.baselineModel));
  const candidates = await openMeasured(options.candidate, only(options.candidateModel));
  const document = judge(baselines, candidates, rules);
  await writeOutputs(document, options);
  // GitHub reads commands on both streams; with --json standard output holds the document alone.
  if (options.annotate) (options.json ? io.stderr : io.stdout)(gateAnnotations(document));
  io.stdout(options.json ? `${JSON.stringify(document, null, 2)}\n` : gateText(document, io.columns));
  return EXIT_OF[document.verdict];
}

async function writeOutputs(document: GateDocument, { markdown, junit, stepSummary }: GateOptions): Promise<void> {
  if (markdown !== null) await writeText(markdown, gateMarkdown(document));
  if (junit !== null) await writeText(junit, gateJunit(document));
  if (stepSummary !== null) await appendFile(stepSummary, `${gateMarkdown(document)}\n`);
}

async function writeText(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
