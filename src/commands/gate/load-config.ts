/** `bench.config.ts|json`: found, read and checked. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import * as nodeModule from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { HarnessError, type Refuse } from '../../core/errors.ts';
import { nearest } from '../../core/text/nearest.ts';
import { statsOf } from '../../files/file-bytes.ts';
import { noObject, readGivenJson } from '../../files/json-file.ts';
import { type BenchConfig, CONFIG_SCHEMA } from '../../gate/judge/gate-schema.ts';

/** In the working directory, the first that is there. */
const CONFIG_FILES = ['bench.config.ts', 'bench.config.json'] as const;

/**
 * The configuration of the project in the working directory.
 *
 * A `.ts` file exports it as `default` or `config`. Types are taken out by Node where it can (22.13 or newer); Node 20 reads the file
 * as JavaScript, so there it must do without.
 *
 * @param file as typed; null = `bench.config.ts` or `bench.config.json` where there is one, else no rules
 * @throws HarnessError 'bad-arguments' naming file and key, what was expected and what was found
 */
export async function loadConfig(file: string | null): Promise<BenchConfig> {
  const path = file ?? CONFIG_FILES.find((name) => existsSync(name));
  if (path === undefined) return {};
  if ((await statsOf(path, refusedConfig)) === null) throw bad(`--config: expected a file, found nothing at ${path}`);
  const value = extname(path) === '.json' ? await readGivenJson(path) : await importModule(path);
  const parsed = CONFIG_SCHEMA.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refusal(path, parsed.error.issues[0], value);
}

const refusedConfig: Refuse = (path, what, { hint, cause } = {}) => bad(`--config: ${path} ${what}`, hint, cause);

/** Imported from a copy beside the file, so that what it imports is found and an edit is seen. */
async function importModule(path: string): Promise<unknown> {
  const strip = (nodeModule as { stripTypeScriptTypes?: (source: string) => string }).stripTypeScriptTypes;
  const source = await readFile(path, 'utf8');
  const copy = join(dirname(resolve(path)), `.bench.config.${randomUUID()}.mjs`);
  try {
    await writeFile(copy, strip === undefined ? source : strip(source));
    const module: unknown = await import(pathToFileURL(copy).href);
    const { default: standard, config } = module as { default?: unknown; config?: unknown };
    if (standard !== undefined || config !== undefined) return standard ?? config;
  } catch (cause) {
    const hint =
      cause instanceof SyntaxError && strip === undefined
        ? 'this Node reads it as JavaScript: leave out types, or use bench.config.json, or Node 22.13 or newer'
        : undefined;
    throw bad(`${path} cannot be imported: ${(cause as Error).message}`, hint, cause);
  } finally {
    await rm(copy, { force: true });
  }
  throw bad(`${path}: expected a configuration in its export config or default, found neither`);
}

/** The first problem of a configuration as a sentence; an unknown key with the nearest known one. */
function refusal(path: string, issue: z.core.$ZodIssue | undefined, value: unknown): HarnessError {
  const where = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = keysAt(issue.path);
    const near = nearest(key, known);
    return bad(
      `${path}: unknown key "${[where, key].filter((part) => part !== '').join('.')}"`,
      near === null ? `known: ${known.join(', ')}` : `did you mean "${near}"?`,
    );
  }
  const plain = noObject(issue, value);
  if (plain !== null) return bad(`${path}: ${plain}`);
  const found = issue?.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  return bad(
    `${path}: ${where === '' ? 'the file' : where}: ${issue?.message}, found ${JSON.stringify(found) ?? 'nothing'}`,
  );
}

/** Keys that the schema knows at a path; any key of `tasks` leads to a rule, and any of its `metrics` to a rule of one metric. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const gate = CONFIG_SCHEMA.shape.gate.unwrap().shape;
  const [, section, ...rest] = path;
  if (path.length === 0) return Object.keys(CONFIG_SCHEMA.shape);
  const rules = gate.defaults.unwrap().shape;
  if (path.at(-2) === 'metrics') return Object.keys(rules.metrics.unwrap().valueType.shape);
  if (section === undefined) return Object.keys(gate);
  if (section === 'guards') return Object.keys(gate.guards.unwrap().shape);
  return section === 'defaults' || rest.length > 0 ? Object.keys(rules) : [];
}

const bad = (message: string, hint?: string, cause?: unknown): HarnessError =>
  new HarnessError('bad-arguments', message, { ...(hint === undefined ? {} : { hint }), cause });
