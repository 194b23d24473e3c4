/**
 * The border of `run` and `score`: flags (text) and `--config` files (JSON) meet in one schema and leave as options.
 * Every refusal names the flag, what was expected and what was found.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { HarnessError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { PROTOCOLS } from '../../core/protocol-name.ts';
import {
  DEVICES,
  ENGINES,
  type ModelOverrides,
  ORDERS,
  RUN_DEFAULTS,
  type RunOptions,
  SCORE_DEFAULTS,
  type ScoreOptions,
} from '../../evaluate/options.ts';
import { LEAST_PASSES } from '../../lm/likelihood/mask-plan.ts';

/** Flags as typed, or the members of a config file; keys are flag names without dashes. */
export type RawOptions = Readonly<Record<string, unknown>>;

const number = (kind: RegExp) =>
  z.union([z.number(), z.string().trim().regex(kind).transform(Number)]).pipe(z.number().finite());
export const decimal = number(/^\d*\.?\d+(e-?\d+)?$/i);
export const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  number(/^\d+$/).pipe(z.number().int().min(least).max(most));
export const list = <S extends z.ZodType>(item: S) => z.preprocess(splitList, z.array(item).min(1));
export const name = z.string().trim().min(1);

/** An optional key, with the words that complete "expected …". */
export const optional = <S extends z.ZodType>(expected: string, schema: S) => schema.optional().describe(expected);
const choice = <const C extends readonly [string, ...string[]]>(choices: C) =>
  optional(choices.join(', ').replace(/, ([^,]*)$/, ' or $1'), z.enum(choices));
export const switched = optional('true or false', z.boolean());

export const onOrOff = z.union([z.boolean(), z.enum(['on', 'off']).transform((value) => value === 'on')]);

export const overrideFields = {
  family: choice(['ar', 'diffusion']),
  'mask-id': optional('a token id, a whole number of at least 0', whole(0)),
  shift: optional('on or off', onOrOff),
  tokenizer: optional('a folder', name),
};

/** More passes or steps than this are a slip of the hand: their masks are planned in memory. */
export const MOST_PASSES = 65_536;
/** More threads than this only wait for each other. */
const MOST_THREADS = 256;

export const sharedFields = {
  steps: optional(
    `whole numbers from 1 to ${MOST_PASSES} separated by commas, such as 1,2,4,8`,
    list(whole(1, MOST_PASSES)),
  ),
  passes: optional(`a whole number from ${LEAST_PASSES} to ${MOST_PASSES}`, whole(LEAST_PASSES, MOST_PASSES)),
  seed: optional('a whole number of at least 0', whole(0)),
  engine: choice(ENGINES),
  threads: optional(`a whole number from 1 to ${MOST_THREADS}`, whole(1, MOST_THREADS)),
  trace: switched,
  json: switched,
};

/** What `run` accepts; other verbs that score tasks extend it. */
export const RUN_SCHEMA = z.strictObject({
  models: list(name).describe('one or more model names or folders, separated by commas'),
  tasks: optional('one or more task names, separated by commas', list(name)),
  protocol: choice(PROTOCOLS),
  limit: optional('a whole number of at least 1', whole(1)),
  attention: optional('a number from 0 to 1', decimal.pipe(z.number().min(0).max(1))),
  draws: optional('a whole number from 1 to 1000', whole(1, 1000)),
  device: choice(DEVICES),
  'data-dir': optional('a folder', name),
  out: optional('a folder', name),
  'batch-tokens': optional('a whole number of at least 1', whole(1)),
  fixtures: switched,
  'unsafe-no-sandbox': switched,
  order: choice(ORDERS),
  ...overrideFields,
  ...sharedFields,
});

/** What `run` alone accepts. */
const RUN_VERB_SCHEMA = RUN_SCHEMA.extend({ explain: switched, 'emulate-leak': switched });

const SCORE_SCHEMA = z.strictObject({
  model: name.describe('a model name or folder'),
  out: optional('a file', name),
  ...overrideFields,
  ...sharedFields,
});

/** Options of `bench run` from its flags; `config` names a JSON file whose members the flags override. */
export async function resolveRunOptions(flags: RawOptions): Promise<RunOptions> {
  const { explain = false, 'emulate-leak': emulateLeak = false, ...given } = await parseFlags(RUN_VERB_SCHEMA, flags);
  const options = toRunOptions(given, RUN_DEFAULTS);
  if (emulateLeak && options.protocol !== 'paper') {
    const message = `--emulate-leak: expected --protocol paper, whose script has the defect, found ${options.protocol}`;
    throw new HarnessError('bad-arguments', message, { hint: 'add --protocol paper, or leave --emulate-leak out' });
  }
  return { ...options, explain, emulateLeak };
}

/**
 * Flags and the file that `--config` names, under one schema.
 *
 * @throws HarnessError that names the flag or the file's key, what was expected and what was found
 */
export async function parseFlags<S extends z.ZodObject>(schema: S, flags: RawOptions): Promise<z.infer<S>> {
  const { config, ...typed } = flags;
  const stored = config === undefined ? {} : await readConfig(config);
  const where = (key: string) => (key in typed || !(key in stored) ? `--${key}` : `"${key}" in ${String(config)}`);
  return parse(schema, { ...stored, ...typed }, where);
}

/** What was given, completed by defaults. */
export function toRunOptions(given: z.infer<typeof RUN_SCHEMA>, defaults: Omit<RunOptions, 'models'>): RunOptions {
  return {
    ...shared(given, defaults),
    models: unique(given.models),
    tasks: given.tasks === undefined ? defaults.tasks : unique(given.tasks),
    protocol: given.protocol ?? defaults.protocol,
    limit: given.limit ?? defaults.limit,
    attention: given.attention ?? defaults.attention,
    draws: given.draws ?? defaults.draws,
    device: given.device ?? defaults.device,
    dataDir: given['data-dir'] ?? defaults.dataDir,
    out: given.out ?? defaults.out,
    batchTokens: given['batch-tokens'] ?? defaults.batchTokens,
    fixtures: given.fixtures ?? defaults.fixtures,
    unsafeNoSandbox: given['unsafe-no-sandbox'] ?? defaults.unsafeNoSandbox,
    order: given.order ?? defaults.order,
    emulateLeak: defaults.emulateLeak,
    explain: defaults.explain,
  };
}

/** Options of `bench score` from its positional argument and flags. */
export function resolveScoreOptions(file: string, flags: RawOptions): ScoreOptions {
  const given = parse(SCORE_SCHEMA, flags, (key) => `--${key}`);
  return {
    ...shared(given, SCORE_DEFAULTS),
    file,
    model: given.model,
    out: given.out ?? SCORE_DEFAULTS.out,
  };
}

type SharedFields = Pick<RunOptions, 'steps' | 'passes' | 'seed' | 'trace' | 'engine' | 'threads' | 'json'> &
  ModelOverrides;

export function shared(given: Partial<z.infer<typeof SCORE_SCHEMA>>, defaults: SharedFields): SharedFields {
  const maskId = given['mask-id'] ?? defaults.maskId;
  const family = given.family === undefined ? defaults.family : FAMILIES[given.family];
  if (family === 'autoregressive' && maskId !== null) {
    throw new HarnessError('bad-arguments', '--mask-id: expected only with diffusion models, found --family ar');
  }
  return {
    steps: ascending(given.steps ?? defaults.steps),
    passes: given.passes ?? defaults.passes,
    seed: given.seed ?? defaults.seed,
    trace: given.trace ?? defaults.trace,
    engine: given.engine ?? defaults.engine,
    threads: given.threads ?? defaults.threads,
    json: given.json ?? defaults.json,
    family,
    maskId,
    shift: given.shift ?? defaults.shift,
    tokenizer: given.tokenizer ?? defaults.tokenizer,
  };
}

const FAMILIES = { ar: 'autoregressive', diffusion: 'diffusion' } as const;

/** @throws HarnessError that says where (`--limit`, `"limit" in run.json`), what was expected and what was found */
export function parse<S extends z.ZodObject>(schema: S, raw: RawOptions, where: (key: string) => string): z.infer<S> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const near = nearest(key, Object.keys(schema.shape));
    const known = `known: ${Object.keys(schema.shape).join(', ')}`;
    throw new HarnessError('bad-arguments', `${where(key)}: unknown key`, {
      hint: near === null ? known : `did you mean "${near}"?`,
    });
  }
  const key = String(issue?.path[0]);
  const field: unknown = schema.shape[key];
  const expected = (field instanceof z.ZodType && field.description) || 'another value';
  const near = nearest(String(raw[key]), expected.split(/, | or /));
  throw new HarnessError(
    'bad-arguments',
    `${where(key)}: expected ${expected}, found ${shown(raw[key])}`,
    near === null ? {} : { hint: `did you mean ${near}?` },
  );
}

async function readConfig(file: unknown): Promise<RawOptions> {
  if (typeof file !== 'string' || file === '') {
    throw new HarnessError('bad-arguments', `--config: expected one JSON file, found ${shown(file)}`);
  }
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new HarnessError('bad-arguments', `--config: expected a readable JSON file, found none at ${file}`, {
      cause,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('bad-arguments', `--config: ${file} is not JSON: ${reason}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HarnessError(
      'bad-arguments',
      `--config: expected ${file} to hold one JSON object, found ${shown(value)}`,
    );
  }
  return { ...value };
}

/** `"A,B"`, `["A", "B"]`, `["A,B"]` and `3` as a list of items. */
function splitList(value: unknown): unknown {
  if (Array.isArray(value)) return value.flatMap(splitList);
  return typeof value === 'string' ? value.split(',') : value === undefined ? undefined : [value];
}

function shown(value: unknown): string {
  if (value === undefined || value === '' || value === null) return 'nothing';
  return Array.isArray(value) ? value.map(shown).join(' and ') : JSON.stringify(value);
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];
const ascending = (steps: readonly number[]): readonly number[] => [...new Set(steps)].sort((a, b) => a - b);
