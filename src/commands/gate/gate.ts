/** `bench gate`: is a candidate as good as the baseline? One verdict makes the text, the files and the exit code. */

import { appendFile } from 'node:fs/promises';
import { openGated } from '../../evaluate/stored/gated-sides.ts';
import type { GateDocument, Verdict } from '../../gate/judge/gate-document.ts';
import { gateAnnotations, gateJunit, gateMarkdown } from '../../gate/judge/gate-outputs.ts';
import { resolveGateRules } from '../../gate/judge/gate-schema.ts';
import { gateText } from '../../gate/judge/gate-text.ts';
import { judge } from '../../gate/judge/judge.ts';
import { text } from '../../options/fields.ts';
import { type OptionsOf, option } from '../../options/option.ts';
import { RUN_CHOICE_OPTIONS } from '../../options/run-choice.ts';
import { clusters, json, outFile } from '../../options/shared.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';
import { writeOut } from '../shell/write-out.ts';
import { loadConfig } from './load-config.ts';

const model = text('a model name');

const OPTIONS = {
  baseline: option(
    text('a baseline file, run folder or folder of runs'),
    'baseline file, run folder or folder of runs',
  ),
  candidate: option(text('a run folder or folder of runs'), 'run folder or folder of runs to judge'),
  config: option(text('a file'), 'file with the rules', null, 'bench.config.ts or bench.config.json, if there is one'),
  baselineModel: option(model, 'model of the baseline, when it has several', null),
  candidateModel: option(model, 'model of the candidate, when it has several', null),
  ...RUN_CHOICE_OPTIONS,
  clusters,
  markdown: outFile('file for the verdict in Markdown'),
  junit: outFile('file for the verdict in JUnit XML'),
  json,
};

export interface GateOptions extends OptionsOf<typeof OPTIONS> {
  /** File that GitHub shows as the job's summary; appended to. null = none. */
  readonly stepSummary: string | null;
  /** Print GitHub's workflow commands. */
  readonly annotate: boolean;
}

export const verb = declareVerb({
  options: OPTIONS,
  examples: {
    'gate --baseline RUN --candidate RUN --junit gate.xml --markdown gate.md': 'two runs, with files for CI',
  },
  settle: (given): GateOptions => ({
    ...given,
    stepSummary: process.env.GITHUB_STEP_SUMMARY || null,
    annotate: process.env.GITHUB_ACTIONS === 'true',
  }),
  run,
});

const EXIT_OF: Readonly<Record<Verdict, number>> = {
  pass: EXIT.ok,
  regression: EXIT.regression,
  inconclusive: EXIT.inconclusive,
};

export async function run(options: GateOptions, io: CommandIo): Promise<number> {
  const rules = resolveGateRules(await loadConfig(options.config));
  const gated = await openGated(options);
  const document = judge(gated.baselines, gated.candidates, rules, gated.notes);
  await writeOutputs(document, options);
  // GitHub reads commands on both streams; with --json standard output holds the document alone.
  if (options.annotate) (options.json ? io.stderr : io.stdout)(gateAnnotations(document));
  print(io, options, document, () => gateText(document, io.columns));
  return EXIT_OF[document.verdict];
}

async function writeOutputs(document: GateDocument, { markdown, junit, stepSummary }: GateOptions): Promise<void> {
  if (markdown !== null) await writeOut('--markdown', markdown, gateMarkdown(document));
  if (junit !== null) await writeOut('--junit', junit, gateJunit(document));
  if (stepSummary !== null) await appendFile(stepSummary, `${gateMarkdown(document)}\n`);
}
