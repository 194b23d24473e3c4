/** Opens what runs need: models, each with the settings that are its own, and the sandbox for programs that models write. */
import { ALL_TASKS, DEFAULT_TASKS, taskNamed } from '../../tasks/index.ts';
import { kindOf } from '../architectures/index.ts';
import { readCatalog } from '../checkpoints/catalog.ts';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { openModel } from '../checkpoints/open.ts';
import { resolveModel } from '../checkpoints/resolve-model.ts';
import { once } from '../core/collect.ts';
import { badArguments, HarnessError } from '../core/errors.ts';
import type { ProgramJudge } from '../core/program.ts';
import type { TaskPlugin } from '../core/task.ts';
import { unknownName } from '../core/text/nearest.ts';
import { type ModelSpec, modelSpec } from '../options/model-spec.ts';
import { flagOf } from '../options/option.ts';
import { MODEL_OPTIONS, type ModelOverrides } from '../options/shared.ts';
import type { OpenedFrom } from '../store/environment.ts';
import { createTokenizer } from '../tokenizers/create-tokenizer.ts';
import { ggufTokenizerDefinition } from '../tokenizers/gguf-definition.ts';
import { loadTokenizer } from '../tokenizers/load.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { Observer } from './observer.ts';
import type { RunOptions } from './options.ts';
import type { ModelFiles } from './run-parts.ts';

/**
 * In the order of the options.
 *
 * @throws HarnessError as `openModelFiles`; 'bad-arguments' where two are called alike, or a setting cannot matter
 */
export async function openModels(options: RunOptions, observer: Observer): Promise<readonly ModelFiles[]> {
  const specs = options.models.map(modelSpec);
  const named = specs.flatMap(({ name }) => name ?? []);
  const twice = named.find((name, i) => named.indexOf(name) !== i);
  if (twice !== undefined) {
    throw badArguments(`--models: expected a name for each model, found "${twice}" twice`);
  }
  const opened: ModelFiles[] = [];
  for (const { name, path, overrides } of specs) {
    const own = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== null));
    const files = await openModelFiles(path, { ...options, ...own }, name).catch(async (error: unknown) => {
      throw (await missingTogether(specs.map((spec) => spec.path))) ?? error;
    });
    requireShifted(files, overrides);
    noteOtherFamily(files, overrides, observer);
    for (const note of files.checkpoint.notes) observer.noted(`${files.checkpoint.name}: ${note}`);
    opened.push(files);
  }
  requireDiffusion(opened, options);
  noteOverruled(specs, options, observer);
  return opened;
}

/** The error that names one command for all models that are not on disk; null where no more than one is missing. */
async function missingTogether(paths: readonly string[]): Promise<HarnessError | null> {
  /** What `models pull` is to fetch -> why. */
  const missing = new Map<string, string>();
  for (const path of paths) {
    await resolveModel(path).catch((error: unknown) => {
      if (!(error instanceof HarnessError)) throw error;
      const [, name] = /bench models pull (\S+)$/.exec(error.hint ?? '') ?? [];
      if (name !== undefined) missing.set(name, error.message);
    });
  }
  if (missing.size < 2) return null;
  const hint = `bench models pull ${[...missing.keys()].join(' ')}`;
  return new HarnessError('missing-checkpoint', [...missing.values()].join('; '), { hint });
}

/**
 * Opens a model by catalog name or path, with the tokenizer that the user named, else its own.
 *
 * @param name what runs call it; null = as it is typed
 * @throws HarnessError 'unknown-name', 'missing-checkpoint', 'bad-checkpoint'; 'missing-tokenizer' when there is none
 */
export async function openModelFiles(
  model: string,
  overrides: ModelOverrides,
  name: string | null = null,
): Promise<ModelFiles> {
  const checkpoint = await openModel(model, overrides);
  const tokenizer = await modelTokenizer(checkpoint, overrides.tokenizer);
  if (tokenizer !== null) return { checkpoint: name === null ? checkpoint : { ...checkpoint, name }, tokenizer };
  const message = `expected tokenizer files in ${overrides.tokenizer ?? checkpoint.folder}, found none`;
  throw new HarnessError('missing-tokenizer', message, { hint: tokenizerHint(checkpoint) });
}

/**
 * The tokenizer that goes with a checkpoint: that of the folder that the user named; else of the checkpoint's folder; else the one in the metadata of its weight file.
 *
 * @param named folder of a tokenizer; null where none was named
 * @returns null where there is none
 * @throws HarnessError as `loadTokenizer` and `ggufTokenizerDefinition`
 */
export async function modelTokenizer(checkpoint: Checkpoint, named: string | null): Promise<Tokenizer | null> {
  const found = await loadTokenizer(named ?? checkpoint.folder);
  if (found !== null || named !== null || checkpoint.tokenizer === null) return found;
  const definition = ggufTokenizerDefinition(checkpoint.tokenizer, checkpoint.name);
  return definition === null ? null : createTokenizer(definition);
}

function tokenizerHint({ architecture }: Checkpoint): string {
  const { kind, tokenizer } = kindOf(architecture);
  if (tokenizer === undefined) return 'put tokenizer.json there, or name a folder that has it with --tokenizer DIR';
  return `published models of kind ${kind} use the tokenizer of ${tokenizer} and bring none: name a folder that has it with --tokenizer DIR`;
}

/** What a model is opened from: its own settings are stronger than those of all. */
export function openedFrom(typed: string, options: Pick<RunOptions, 'tokenizer' | 'adapter'>): OpenedFrom {
  const { path, overrides } = modelSpec(typed);
  const tokenizer = overrides.tokenizer ?? options.tokenizer;
  const adapter = overrides.adapter ?? options.adapter;
  return { model: path, ...(tokenizer === null ? {} : { tokenizer }), ...(adapter === null ? {} : { adapter }) };
}

type Named = Pick<ModelFiles, 'checkpoint'>;

const isCausal = ({ checkpoint }: Named): boolean => checkpoint.options.family === 'autoregressive';

/** A shift is how diffusion models read. @throws HarnessError 'bad-arguments' where it is given of another */
export function requireShifted(files: Named, { shift }: Pick<ModelOverrides, 'shift'>): void {
  if (shift === null || !isCausal(files)) return;
  const { name } = files.checkpoint;
  const hint = 'leave --shift out, or add --family diffusion and --mask-id N';
  throw badArguments(`--shift: expected a diffusion model, found autoregressive ${name}`, hint);
}

/** Beside a diffusion model, an autoregressive one is just not asked. */
function requireDiffusion(opened: readonly Named[], options: Pick<RunOptions, 'shift'>): void {
  const [first] = opened;
  if (first !== undefined && opened.every(isCausal)) requireShifted(first, options);
}

function noteOtherFamily({ checkpoint }: Named, own: Pick<ModelOverrides, 'family'>, { noted }: Observer): void {
  const { name, declaredFamily, options } = checkpoint;
  if (declaredFamily === null || declaredFamily === options.family) return;
  const said = `${name} is declared ${declaredFamily}, and`;
  noted(
    own.family === null
      ? `${said} --family reads it as ${options.family}; --models NAME:family=… says it of one model alone`
      : `${said} its setting in --models reads it as ${options.family}`,
  );
}

/** Settings for all models where each has one of its own, which holds. */
function noteOverruled(specs: readonly ModelSpec[], options: RunOptions, { noted }: Observer): void {
  const keys = Object.keys(MODEL_OPTIONS) as (keyof ModelOverrides)[];
  for (const key of keys.filter((each) => options[each] !== null)) {
    if (!specs.every(({ overrides }) => overrides[key] !== null)) continue;
    noted(`--${flagOf(key)}: every model of this run has one of its own, so this changes nothing`);
  }
}

/**
 * A sandbox.
 *
 * @param unsafe run them with all rights of the user where no sandbox works, and say so
 * @throws HarnessError 'not-supported' where none works and `unsafe` is not set, and without Python
 */
export async function openJudge(unsafe: boolean, observer: Pick<Observer, 'noted' | 'signal'>): Promise<ProgramJudge> {
  const [{ openSandbox }, { programJudge }] = await Promise.all([
    import('../sandbox/open-sandbox.ts'),
    import('../sandbox/program-judge.ts'),
  ]);
  const sandbox = await openSandbox({ unsafe });
  if (sandbox.backend === 'none') {
    observer.noted(
      'warning: no sandbox works here; model-written programs run with all your rights (--unsafe-no-sandbox)',
    );
  }
  return programJudge(sandbox, observer.signal);
}

/** The same, opened by the first program. */
export function lazyJudge(unsafe: boolean, observer: Pick<Observer, 'noted' | 'signal'>): ProgramJudge {
  const opened = once(() => openJudge(unsafe, observer));
  let sandbox: ProgramJudge['sandbox'];
  return {
    get sandbox() {
      return sandbox;
    },
    async runPrograms(programs) {
      const judge = await opened();
      sandbox = judge.sandbox;
      return judge.runPrograms(programs);
    },
  };
}

/**
 * The tasks of a run: those that are named; else those that the models were made for, where the catalog says it of every one; else the published
 * likelihood tasks.
 *
 * @throws HarnessError 'unknown-name'
 */
export function chosenTasks({ tasks, models }: Pick<RunOptions, 'tasks' | 'models'>): readonly TaskPlugin[] {
  const names = tasks ?? tasksOfModels(models);
  return names === null ? DEFAULT_TASKS : names.map(requireTask);
}

function tasksOfModels(models: readonly string[]): readonly string[] | null {
  const catalog = readCatalog();
  const names = models.map((model) => catalog.get(modelSpec(model).path)?.tasks);
  return names.length === 0 || names.includes(undefined) ? null : [...new Set(names.flatMap((each) => each ?? []))];
}

function requireTask(name: string): TaskPlugin {
  const found = taskNamed(name);
  if (found !== undefined) return found;
  const candidates = ALL_TASKS.map((task) => task.name);
  throw unknownName({ kind: 'task', found: name, candidates, listedBy: 'bench list tasks' });
}
