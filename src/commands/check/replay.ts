/** `bench replay`: a stored run, or a sample of its items, computed again from its manifest and compared to the byte. */
import { taskNamed } from '../../../tasks/index.ts';
import { type Difference, differences } from '../../core/differences.ts';
import { HarnessError, notSupported } from '../../core/errors.ts';
import type { RunManifest } from '../../core/manifest.ts';
import type { ModelIdentity } from '../../core/model.ts';
import type { TaskPlugin } from '../../core/task.ts';
import { loadTask } from '../../datasets/load-task.ts';
import { DEVICES, type DeviceName, engineNames, WEIGHT_DTYPES, type WeightDtype } from '../../engines/engine.ts';
import { engineOf } from '../../engines/index.ts';
import { leakedSteps } from '../../evaluate/leaked-steps.ts';
import { loadShots } from '../../evaluate/load-shots.ts';
import { lazyJudge, openModelFiles } from '../../evaluate/open-parts.ts';
import { RUN_DEFAULTS, TASK_OPTIONS } from '../../evaluate/options.ts';
import type { TaskRows } from '../../evaluate/run-parts.ts';
import { describeTaskRun, type OpenedModel, unitSize } from '../../evaluate/run-settings.ts';
import { openLanguageModel } from '../../lm/language-model.ts';
import { text, whole } from '../../options/fields.ts';
import { type OptionsOf, option } from '../../options/option.ts';
import { dataDir, ENGINE_OPTIONS, json, MODEL_OPTIONS, switchOption, unsafeNoSandbox } from '../../options/shared.ts';
import { type ReplayDocument, replayText } from '../../report/terminal/replay-text.ts';
import { type ReplayInputs, type ReplayOutcome, replayRecords, sampleRecords } from '../../runner/replay.ts';
import { lastOpenedFrom } from '../../store/environment.ts';
import { readRun } from '../../store/read-run.ts';
import type { StoredRun } from '../../store/stored-run.ts';
import { locateRun } from '../report/locate-run.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { startProgress } from '../shell/progress.ts';
import { declareVerb } from '../shell/verb.ts';

const OPTIONS = {
  sample: option(whole(1), 'compute so many items again, drawn at random', null, 'all'),
  seed: option(whole(0), 'seed of the sample', 0),
  model: option(text('a model name or folder'), 'catalog name or checkpoint folder', null, 'as the run names it'),
  tokenizer: MODEL_OPTIONS.tokenizer,
  adapter: MODEL_OPTIONS.adapter,
  dataDir,
  shotsFrom: TASK_OPTIONS.shotsFrom,
  unsafeNoSandbox,
  anyway: switchOption('compute even where weights, tokenizer, data, engine or versions have changed'),
  threads: { ...ENGINE_OPTIONS.threads, about: 'threads of the engine' },
  json,
};

export interface ReplayOptions extends OptionsOf<typeof OPTIONS> {
  /** A run's folder, or its name below `results/runs`. */
  readonly path: string;
}

export const verb = declareVerb({
  options: OPTIONS,
  examples: {
    'replay gpt2-m-piqa-canonical-4074d135777e --sample 20': 'twenty of its items, drawn at random',
    'replay RUN --model ./gpt2-m-copy --anyway': 'with weights that lie elsewhere, even if they have changed',
  },
  settle: (given, [path = '']): ReplayOptions => ({ ...given, path }),
  run,
});

const NOTHING_COMPUTED: ReplayOutcome = { compared: 0, differing: [], first: null, gone: [] };

/**
 * @returns 0 where every byte of what is stored is the same; 3 where a record differs, or what the run was made from has changed
 * @throws HarnessError 'store-corrupt' where no item is stored: nothing computed again would show nothing
 */
export async function run(options: ReplayOptions, io: CommandIo): Promise<number> {
  const stored = requireRecords(await readRun(await locateRun(options.path), undefined, null));
  const { manifest } = stored;
  const task = taskOf(manifest);
  const engineName = engineNameOf(manifest.model);
  const opened = await openAsStored(stored, options);
  const engineIn = (dtype: WeightDtype) => engineOf(engineName, options.threads, dtype, deviceNameOf(manifest.model));
  const engine = await engineIn(dtypeOf(manifest.model));
  const { leakedSteps: _leak, ...parts } = opened;
  const { precision } = manifest.settings;
  const cheap = WEIGHT_DTYPES.find((each) => each === precision?.cheap);
  const cheaper = cheap === undefined ? {} : { cheapEngine: await engineIn(cheap) };
  const model = await openLanguageModel({ ...parts, engine, ...cheaper, signal: io.signal });
  try {
    const today = describeAgain(manifest, await rowsAsStored(stored, task, options), opened, model.identity);
    const changed = changesOf(manifest, today.manifest);
    const records = sampleRecords(manifest, stored.records, options.sample, options.seed);
    const isRefused = changed.length > 0 && !options.anyway;
    const asStored = { ...today.manifest, settings: manifest.settings };
    const judge = task.needsJudge === true ? { judge: lazyJudge(options.unsafeNoSandbox, observe(io)) } : {};
    const inputs = { manifest: asStored, task, examples: today.examples, model, ...judge };
    const outcome = isRefused ? NOTHING_COMPUTED : await compare(inputs, records, io);
    const verdict = isRefused ? 'changed' : io.signal.aborted ? 'interrupted' : verdictOf(outcome, stored);
    const document = documentOf(stored, options, { verdict, changed, ...outcome });
    print(io, options, document, () => replayText(document, io.columns));
    if (io.signal.aborted) return EXIT.stopped;
    return verdict === 'identical' || verdict === 'identical-part' ? EXIT.ok : EXIT.regression;
  } finally {
    await model.dispose();
  }
}

function requireRecords(stored: StoredRun): StoredRun {
  if (stored.records.length > 0) return stored;
  const { folder, summary } = stored;
  const message = `${folder}: expected stored items to compute again, found none of ${summary.expectedItems}`;
  const hint = 'repeat its bench run command; it computes what is missing';
  throw new HarnessError('store-corrupt', message, { hint });
}

async function compare(
  inputs: ReplayInputs,
  records: Parameters<typeof replayRecords>[1],
  io: CommandIo,
): Promise<ReplayOutcome> {
  const { task, model, manifest } = inputs;
  const label = `replay of ${task.name}, ${model.identity.name}`;
  const progress = startProgress({ label, total: records.length, resumed: 0 }, io);
  try {
    return await replayRecords(inputs, records, {
      unitSize: unitSize(model.identity, manifest.settings, inputs.task),
      signal: io.signal,
      onProgress: (done) => progress.update(done),
    });
  } finally {
    progress.stop();
  }
}

function taskOf({ task: { name } }: RunManifest): TaskPlugin {
  const found = taskNamed(name);
  if (found !== undefined) return found;
  const hint =
    'load the plugin that brings it with --plugin, or replay the run with the version of bench that wrote it';
  throw notSupported(`expected a task that \`bench list tasks\` has, found a run of ${name}`, hint);
}

/** An engine's identity starts with the name by which it is chosen; of an unknown one the manifest then says that it changed. */
function engineNameOf({ engine }: ModelIdentity): string {
  return engineNames().find((name) => engine.startsWith(name)) ?? RUN_DEFAULTS.engine;
}

/** An engine that computes in another type has no choice of one. */
const dtypeOf = ({ dtype }: ModelIdentity): WeightDtype => WEIGHT_DTYPES.find((each) => each === dtype) ?? 'float32';

/** One that this version does not know has no place here: the manifest then says that it changed. */
const deviceNameOf = ({ device }: ModelIdentity): DeviceName => DEVICES.find((each) => each === device) ?? 'cpu';

/** The model as the run opened it, or the one that the user names instead; it answers as the manifest says. */
async function openAsStored(stored: StoredRun, options: ReplayOptions): Promise<OpenedModel> {
  const { model, settings, dataset } = stored.manifest;
  const { family, maskId, blockLength = null } = model;
  const from = openedFrom(stored, options);
  const overrides = { family, maskId, blockLength, shift: settings.shift, ...from };
  const files = await openModelFiles(from.model, overrides).catch((error: unknown) => {
    throw options.model === null ? notWhereItWas(stored, from, error) : error;
  });
  const data = { dataDir: options.dataDir, fixtures: dataset.source === 'fixture' };
  const leak = settings.leakedSteps === undefined ? null : await leakedSteps(files, data);
  return { ...files, leakedSteps: leak };
}

type From = Readonly<Record<'adapter' | 'tokenizer', string | null>> & { readonly model: string };

/** Another model brings files of its own; what runs of earlier versions opened is what they call it. */
function openedFrom({ manifest, environment }: StoredRun, { model, tokenizer, adapter }: ReplayOptions): From {
  const before = model === null ? lastOpenedFrom(environment) : null;
  return {
    model: model ?? before?.model ?? manifest.model.name,
    tokenizer: tokenizer ?? before?.tokenizer ?? null,
    adapter: adapter ?? before?.adapter ?? null,
  };
}

/** Files move, and runs are copied to other machines. */
function notWhereItWas({ folder, manifest }: StoredRun, { model, adapter }: From, error: unknown): unknown {
  if (!(error instanceof HarnessError) || !['unknown-name', 'missing-checkpoint'].includes(error.code)) return error;
  const { name } = manifest.model;
  const isGiven = error.code === 'unknown-name' && model === name;
  const command = `bench replay ${folder} --model FOLDER${adapter === null ? '' : ' --adapter FOLDER'}`;
  const known = error.hint?.startsWith('bench models pull') === true ? `${error.hint}; or ` : '';
  return new HarnessError(
    error.code,
    isGiven
      ? `the run calls its model "${name}", which is neither a folder nor in the catalog`
      : `the run opened its model from ${[model, adapter].filter((each) => each !== null).join(' with ')}: ${error.message}`,
    { hint: `${known}${command} says where it lies; its weights are compared with those of the run`, cause: error },
  );
}

async function rowsAsStored(
  stored: StoredRun,
  task: TaskPlugin,
  { dataDir, shotsFrom }: ReplayOptions,
): Promise<TaskRows> {
  const { dataset, subset, settings } = stored.manifest;
  const { protocol, shots = 0 } = settings;
  const loaded = await loadTask(task, { dataDir, allowFixtures: false, onlyFixtures: dataset.source === 'fixture' });
  const indices = stored.records.map(({ index }) => index);
  const chosen = subset === undefined ? null : { subset, indices };
  return { task, loaded, shots: await loadShots(task, loaded, { protocol, shots, shotsFrom, dataDir }), chosen };
}

/** The manifest that the same command would get today. */
function describeAgain(
  { limit, settings }: RunManifest,
  asked: TaskRows,
  opened: OpenedModel,
  identity: ModelIdentity,
) {
  return describeTaskRun(asked, opened, identity, settings, {
    ...settings,
    score: settings.duel ?? null,
    bracket: settings.bracket ?? null,
    mixed: settings.precision ?? null,
    ...(settings.race === undefined ? {} : { passes: 'auto', risk: settings.race.risk, mostPasses: settings.passes }),
    limit,
  });
}

/** What is another today. The name of a model is what somebody called it. */
function changesOf(stored: RunManifest, today: RunManifest): readonly Difference[] {
  return differences(stored, today).filter(({ path }) => path !== 'model.name');
}

function verdictOf({ differing, gone }: ReplayOutcome, { summary }: StoredRun): ReplayDocument['verdict'] {
  if (differing.length > 0 || gone.length > 0) return 'differs';
  return summary.complete ? 'identical' : 'identical-part';
}

function documentOf(
  { folder, runId, records, summary, warnings }: StoredRun,
  { sample, seed }: ReplayOptions,
  { verdict, changed, ...outcome }: Pick<ReplayDocument, 'verdict' | 'changed'> & ReplayOutcome,
): ReplayDocument {
  return {
    format: 'bench-replay/1',
    run: folder,
    runId,
    verdict,
    changed,
    asked: summary.expectedItems,
    stored: records.length,
    sample: sample === null || sample >= records.length ? null : { items: sample, seed },
    ...outcome,
    warnings: [...new Set(warnings.map(({ message }) => message))],
  };
}
