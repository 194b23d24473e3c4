/**
 * Packages and files from outside that add tasks, data, architectures, formats of weights and engines, through the registries that hold the
 * built-in ones. A plugin is a module that exports `plugin`.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { registerTask, taskNamed } from '../tasks/index.ts';
import type { Architecture, ArchitectureKind } from './architectures/architecture.ts';
import { registerArchitecture } from './architectures/index.ts';
import type { WeightFormat } from './checkpoints/formats/format.ts';
import { registerFormat } from './checkpoints/formats/index.ts';
import { HarnessError } from './core/errors.ts';
import type { TaskPlugin } from './core/task.ts';
import { sha256 } from './core/text/digest.ts';
import { dataLock, type LockedSource, registerSource } from './datasets/lock.ts';
import { type EngineKind, registerEngine } from './engines/engine.ts';
import { registerMetrics } from './metrics/metric-name.ts';
import { pluginSchema } from './plugin-schema.ts';
import { notePlugin } from './runner/environment.ts';

export interface Plugin {
  /** Names it in the provenance of the runs that use it. */
  readonly name: string;
  readonly version?: string;
  readonly tasks?: readonly TaskPlugin[];
  /** The data of its tasks, as an entry of `tasks/data.lock.json`: `bench data list`, `verify` and `pull` know it then. */
  readonly data?: Readonly<Record<string, LockedSource>>;
  readonly architectures?: readonly ArchitectureKind[];
  /** Tried after the built-in ones, in this order. */
  readonly formats?: readonly WeightFormat[];
  readonly engines?: readonly EngineKind[];
}

/** An architecture, its parts typed by each other. See `src/architectures/gpt2.ts` for one. */
export const defineArchitecture = <Net extends Architecture, Extra extends string, Config>(
  kind: ArchitectureKind<Net, Extra, Config>,
): ArchitectureKind => kind as unknown as ArchitectureKind;

/** A format of weight files. */
export const defineFormat = (format: WeightFormat): WeightFormat => format;

/**
 * An engine, which `--engine` then knows by its name.
 *
 *     export const plugin = definePlugin({ name: 'mine', engines: [defineEngine({ name: 'mine', open: async () => myEngine() })] });
 */
export const defineEngine = (engine: EngineKind): EngineKind => engine;

/**
 * What a module exports as `plugin`.
 *
 *     export const plugin = definePlugin({ name: 'my-tasks', tasks: [capitals] });
 */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

const DIGEST_LENGTH = 16;

const loaded = new Set<string>();
const files = new Set<string>();
const objects = new Set<unknown>();

/**
 * Loads plugins by path (`./my-task.mjs`, `./my-task.ts`) or by the name of a package; each once a process.
 *
 * @throws HarnessError 'bad-arguments' that says what was expected, what was found and where
 */
export async function loadPlugins(named: readonly string[]): Promise<void> {
  for (const name of named) {
    const file = fileOf(name);
    if (files.has(file)) continue;
    const { plugin } = await imported(file, name);
    addPlugin(plugin, name, sha256(await readFile(file)).slice(0, DIGEST_LENGTH));
    files.add(file);
  }
}

/** Loads those that are named, and adds those that are here. @throws HarnessError as `loadPlugins` */
export async function addPlugins(plugins: readonly (string | Plugin)[]): Promise<void> {
  for (const plugin of plugins) {
    if (typeof plugin === 'string') await loadPlugins([plugin]);
    else addPlugin(plugin, `plugin ${plugin.name}`);
  }
}

/**
 * Adds what a plugin brings; the same one a second time changes nothing.
 *
 * @param from where it was found, for messages
 * @throws HarnessError 'bad-arguments' where it has another shape, or one of its names is taken
 */
export function addPlugin(plugin: unknown, from: string, digest = ''): void {
  if (objects.has(plugin)) return;
  const { name, version, tasks = [], data = {}, ...kinds } = checked(plugin, from);
  if (loaded.has(name)) throw bad(`${from}: expected a plugin of another name, found a second ${name}`);
  for (const each of tasks) requireFree(`task ${each.name}`, taskNamed(each.name), from);
  for (const source of Object.keys(data)) requireFree(`data source ${source}`, dataLock().sources[source], from);
  withFreeNames(from, () => {
    for (const each of tasks) registerMetrics(each.metrics);
    for (const each of kinds.architectures ?? []) registerArchitecture(each);
    for (const each of kinds.formats ?? []) registerFormat(each);
    for (const each of kinds.engines ?? []) registerEngine(each);
  });
  for (const [source, locked] of Object.entries(data)) registerSource(source, locked);
  for (const each of tasks) registerTask(each);
  objects.add(plugin);
  loaded.add(name);
  const described = [version, digest].filter((part) => part !== undefined && part !== '').join(' sha256:');
  notePlugin(
    name,
    described,
    tasks.map((each) => each.name),
  );
}

/**
 * Adds a task that is no part of a plugin; the same one a second time changes nothing.
 *
 * @returns its name
 * @throws HarnessError 'bad-arguments' where another task has it, or the task has another shape
 */
export function addTask(task: TaskPlugin): string {
  if (taskNamed(task.name) === task) return task.name;
  checked({ name: task.name, tasks: [task] }, `task ${task.name}`);
  requireFree(`task ${task.name}`, taskNamed(task.name), 'tasks');
  withFreeNames('tasks', () => registerMetrics(task.metrics));
  registerTask(task);
  return task.name;
}

function requireFree(name: string, known: unknown, from: string): void {
  if (known !== undefined) throw bad(`${from}: expected a name that is free, found a second ${name}`);
}

function withFreeNames(from: string, register: () => void): void {
  try {
    register();
  } catch (cause) {
    if (cause instanceof RangeError) throw bad(`${from}: expected a name that is free, found: ${cause.message}`, cause);
    throw cause;
  }
}

/** Paths are as typed in a shell; other names are packages, looked for from the working directory. */
function fileOf(name: string): string {
  const isPath = isAbsolute(name) || name.startsWith('.') || /\.[cm]?[jt]s$/.test(name);
  if (isPath) return resolve(name);
  try {
    return createRequire(join(process.cwd(), 'plugin.js')).resolve(name);
  } catch (cause) {
    throw bad(`plugin ${name}: expected an installed package, found none`, cause, {
      hint: `npm install ${name}, or name a file: ./${name}.mjs`,
    });
  }
}

async function imported(file: string, name: string): Promise<{ readonly plugin?: unknown }> {
  if (/^\.[cm]?ts$/.test(extname(file)) && !readsTypes()) {
    throw bad(`plugin ${name}: expected Node 22.18 or newer for TypeScript, found ${process.version}`, undefined, {
      hint: 'write it as JavaScript, compile it first, or use a newer Node',
    });
  }
  if (!existsSync(file)) {
    throw bad(`plugin ${name}: expected a file, found none`, undefined, {
      hint: `paths are taken from the working directory, ${process.cwd()}`,
    });
  }
  try {
    return await unlessStalled(import(pathToFileURL(file).href), name);
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause;
    const found = cause instanceof Error ? cause.message : String(cause);
    throw bad(`plugin ${name}: expected a module that can be imported, found: ${found}`, cause, { hint: fixOf(found) });
  }
}

/** What to do about a module that Node does not load, for these words. */
function fixOf(found: string): string {
  const missing = /^Cannot find package '([^']+)'/.exec(found)?.[1];
  if (missing !== undefined) return `npm install ${missing}, in the folder of the plugin`;
  if (/^(Cannot use import statement outside a module|Unexpected token 'export')/.test(found)) {
    return 'give the file a name that ends in .mjs, or set "type": "module" in the package.json of its folder';
  }
  return 'node FILE says more of it';
}

/** Node ends a process, without a word, where nothing is left that a module could wait for. */
async function unlessStalled<Module>(module: Promise<Module>, name: string): Promise<Module> {
  const problem = `plugin ${name}: expected a module that finishes loading, found one that waits for what never comes`;
  const hint = 'look at what it awaits outside of its functions';
  let onIdle = () => {};
  const stalled = new Promise<never>((_resolve, reject) => {
    onIdle = () => reject(bad(problem, undefined, { hint }));
  });
  process.once('beforeExit', onIdle);
  try {
    return await Promise.race([module, stalled]);
  } finally {
    process.off('beforeExit', onIdle);
  }
}

const readsTypes = (): boolean => Boolean((process.features as { readonly typescript?: unknown }).typescript);

function checked(plugin: unknown, from: string): Plugin {
  if (plugin === undefined) {
    throw bad(`${from}: expected an export called plugin, found none`, undefined, {
      hint: "export const plugin = definePlugin({ name: 'my-tasks', tasks: [myTask] })",
    });
  }
  const parsed = pluginSchema.safeParse(plugin);
  if (parsed.success) return plugin as Plugin;
  const [issue] = parsed.error.issues;
  const path = ['plugin', ...(issue?.path ?? [])].join('.');
  if (issue?.code === 'unrecognized_keys') throw bad(`${from}: ${path}: expected no key ${issue.keys.join(', ')}`);
  const found = issue?.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], plugin);
  throw bad(`${from}: ${path}: ${issue?.message}, found ${JSON.stringify(found) ?? String(found)}`);
}

function bad(message: string, cause?: unknown, options: { readonly hint?: string } = {}): HarnessError {
  return new HarnessError('bad-arguments', message, { ...options, cause });
}
