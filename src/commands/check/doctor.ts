/** `bench doctor`: the machine, or whether model, tokenizer and data go together, check by check. Stores nothing. */
import { DEFAULT_TASKS } from '../../../tasks/index.ts';
import { badArguments } from '../../core/errors.ts';
import type { LanguageModel, ScoringSettings } from '../../core/model.ts';
import type { Example } from '../../core/question.ts';
import { loadRows } from '../../datasets/load-task.ts';
import { requireConsistent } from '../../evaluate/consistent-options.ts';
import { loadTaskRows } from '../../evaluate/execute-runs.ts';
import { modelLint, namedItems, spread, THOROUGH } from '../../evaluate/lint-model.ts';
import { openEngine } from '../../evaluate/open-engine.ts';
import { chosenTasks, openModelFiles } from '../../evaluate/open-parts.ts';
import { RUN_DEFAULTS, TASK_OPTIONS } from '../../evaluate/options.ts';
import { STANDARD_PASSES } from '../../evaluate/racing-options.ts';
import type { ModelFiles, TaskRows } from '../../evaluate/run-parts.ts';
import { checkKnobs } from '../../evaluate/samplers/check-knobs.ts';
import { type Check, skipped } from '../../lint/check.ts';
import { checkGoldLabels } from '../../lint/gold-labels.ts';
import { openLanguageModel } from '../../lm/language-model.ts';
import { names } from '../../options/fields.ts';
import { grouped, type OptionsOf, option } from '../../options/option.ts';
import { DEVICE_OPTIONS, dataDir, json, NET_OPTIONS } from '../../options/shared.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { examplesOf } from '../../runner/plan.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { declareVerb } from '../shell/verb.ts';
import { checkMachine } from './machine.ts';

const KNOBS = 'Options that change nothing, with a MODEL:';

/** Those of models and computation go with a MODEL. */
const OPTIONS = {
  ...{ dataDir, json },
  ...grouped(KNOBS, {
    tasks: option(
      names('task names'),
      'try each option of samplers and scores at two values on the first 8 items of these tasks',
      null,
      'none',
    ),
    sampler: { ...TASK_OPTIONS.sampler, about: 'samplers whose options are tried, written as for bench run' },
    protocol: TASK_OPTIONS.protocol,
  }),
  ...{ ...NET_OPTIONS, ...DEVICE_OPTIONS },
};

export interface ModelDoctorOptions extends OptionsOf<typeof OPTIONS> {
  readonly model: string;
}

export const verb = declareVerb({
  options: OPTIONS,
  examples: {
    'doctor diffugpt-m': 'mask, shift, attention, tokenizer and labels of a model and the data',
    'doctor ./my-diffusion --mask-id 50257 --shift off': 'a checkpoint of your own',
    'doctor tiny-diffugpt --tasks word-problems --sampler confidence:temperature=1:top-k=1':
      'which options change nothing, such as a temperature where the one likeliest token is drawn from',
  },
  settle: (given, [model = null]) => requireConsistent(requireModel({ ...given, model })),
  run: ({ model, ...options }, io) =>
    model === null ? checkMachine(options, io) : doctorModel({ ...options, model }, io),
});

/** The knobs that are tried are those of a model. @throws HarnessError 'bad-arguments' */
function requireModel<O extends OptionsOf<typeof OPTIONS> & { readonly model: string | null }>(told: O): O {
  const { model, tasks, sampler } = told;
  const flag = tasks !== null ? '--tasks' : sampler !== null ? '--sampler' : null;
  if (model !== null || flag === null) return told;
  throw badArguments(`${flag}: expected a MODEL, found none`, `bench doctor MODEL ${flag} …, or leave ${flag} out`);
}

/** What `--json` prints of a model. */
export interface ModelDoctorDocument {
  readonly format: 'bench-doctor/1';
  readonly model: string;
  readonly family: string;
  /** Where the items came from, by task. */
  readonly data: Readonly<Record<string, string>>;
  readonly checks: readonly Check[];
}

/** @returns 1 where a check says that numbers of this model would be wrong */
export async function doctorModel(options: ModelDoctorOptions, io: CommandIo): Promise<number> {
  const { checkpoint, tokenizer } = await openModelFiles(options.model, options);
  const engine = await openEngine(options, observe(io));
  const model = await openLanguageModel({ checkpoint, tokenizer, engine, signal: io.signal });
  try {
    const lint = modelLint({ checkpoint, tokenizer, model }, THOROUGH);
    const { examples, labels, sources } = await itemsOf(options);
    const checks = [
      ...(await lint.modelChecks(examples, settingsFor(checkpoint.options.shift))),
      ...labels,
      ...(await knobsFor({ checkpoint, tokenizer }, model, options)),
    ];
    const { name, family } = model.identity;
    const document: ModelDoctorDocument = { format: 'bench-doctor/1', model: name, family, data: sources, checks };
    print(io, options, document, () => text(document, io.columns));
    return checks.some(({ state }) => state === 'error') ? EXIT.failure : EXIT.ok;
  } finally {
    await model.dispose();
  }
}

async function knobsFor(
  files: ModelFiles,
  model: LanguageModel,
  { tasks, ...asked }: ModelDoctorOptions,
): Promise<readonly Check[]> {
  if (tasks === null) {
    const isDiffusion = files.checkpoint.options.family === 'diffusion';
    return isDiffusion
      ? [skipped('knobs', '--tasks NAME says which options of samplers and scores change nothing')]
      : [];
  }
  const options = { ...RUN_DEFAULTS, ...asked };
  const rows: TaskRows[] = [];
  for (const task of chosenTasks({ tasks, models: [] })) rows.push(await loadTaskRows(task, options));
  return checkKnobs({ files, model }, rows, options);
}

/** Items of the published likelihood tasks as asked under `canonical`: many of each, and what all of its labels look like. */
async function itemsOf(options: ModelDoctorOptions) {
  const examples: Example[] = [];
  const labels: Check[] = [];
  const sources: Record<string, string> = {};
  for (const task of DEFAULT_TASKS) {
    const { rows, source } = await loadRows(task, { dataDir: options.dataDir, fixtures: false });
    const all = examplesOf(task, 'canonical', rows, null);
    examples.push(...spread(all, ITEMS_A_TASK));
    const checked = checkGoldLabels(all);
    if (checked.state !== 'skipped') labels.push({ ...checked, found: `${task.name}: ${checked.found}` });
    sources[task.name] = source;
  }
  return { examples, labels, sources };
}

const ITEMS_A_TASK = 400;

/** Of the settings, checks read these alone. */
function settingsFor(shift: boolean): ScoringSettings {
  const { protocol, seed, steps, draws, attention: openFraction } = RUN_DEFAULTS;
  return { protocol, estimator: 'none', seed, steps, passes: STANDARD_PASSES, draws, openFraction, shift };
}

const WORDS = { ok: 'ok', warning: 'suspect', error: 'broken', skipped: '–' } as const;

function text({ model, family, data, checks }: ModelDoctorDocument, columns: number): string {
  const rows = checks.map((check) => {
    const found = `${check.found}${namedItems(check)}`;
    return [WORDS[check.state], check.name, check.advice === null ? found : `${found}\n${check.advice}`];
  });
  const isBuiltIn = Object.values(data).every((source) => source === 'fixture');
  const from = isBuiltIn ? 'the built-in rows' : Object.values(data).join(', ');
  return `${model}, ${family}; texts: ${from}\n\n${textTable(['state', 'check', 'found'], rows, { width: columns })}`;
}
