/** One line of JSON that `bench score` reads, parsed and checked at the border. */
import { z } from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { DUEL_ORDERS } from '../../core/duel-rule.ts';
import { HarnessError } from '../../core/errors.ts';
import { SAMPLERS } from '../../core/samplers/choice.ts';
import { nearest } from '../../core/text/nearest.ts';
import { MOST_PASSES } from '../racing-options.ts';

/** Token ids travel as 32-bit integers; whether the model has them is checked later. */
const tokenId = z
  .int()
  .nonnegative()
  .max(2 ** 31 - 1);
const tokenIds = z.array(tokenId);

/** A field, with the words that complete "expected …". */
const field = <S extends z.ZodType>(expected: string, schema: S) => schema.describe(expected);
const positions = field('an array of one or more positions', z.array(z.int().nonnegative()).min(1));
const id = field('a text or a number', z.union([z.string(), z.number()]));
const text = field('a text or an array of token ids', z.union([z.string(), tokenIds]));
const ids = field('an array of one or more token ids', tokenIds.min(1));
const key = field('a text that names the random draws', z.string().optional());

const temperature = field('a number of at least 0', z.number().min(0).default(0));
const topP = field('a number above 0 and up to 1', z.number().gt(0).max(1).optional());
const sigma = field('a number above 0', z.number().gt(0).optional());
const time = field('a number above 0 and up to 1', z.number().gt(0).max(1).optional());
const seed = field('a whole number of at least 0', z.int().nonnegative().optional());
const stop = z.string().min(1);
const share = z.number().min(0).max(1);
const rows = z.array(z.array(z.union([z.literal(0), z.literal(1)])));

const line = <K extends string, S extends z.core.$ZodShape>(kind: K, shape: S) =>
  z.strictObject({ id, kind: z.literal(kind), ...shape });

const LINES = {
  loglikelihood: line('loglikelihood', {
    context: text,
    continuation: text,
    attention: field('a number from 0 to 1, or rows of 0 and 1', z.union([share, rows]).default(0)),
    key,
  }),
  masked: line('masked', {
    ids,
    mask: positions,
    attention: field(
      '"block-causal", a number from 0 to 1, or rows of 0 and 1',
      z.union([z.literal('block-causal'), share, rows]).default(1),
    ),
    sigma,
    t: time,
    key,
  }),
  denoising: line('denoising', {
    ids,
    scored: positions,
    steps: field(
      `an array of whole numbers from 1 to ${MOST_PASSES}`,
      z.array(z.int().positive().max(MOST_PASSES)).optional(),
    ),
    key,
  }),
  duel: line('duel', {
    ids,
    scored: positions,
    order: field('confidence, entropy, margin or left-to-right', z.enum(DUEL_ORDERS).default('confidence')),
    per_step: field('a whole number of at least 1', z.int().positive().optional()),
    steps: field(`a whole number from 1 to ${MOST_PASSES}`, z.int().positive().max(MOST_PASSES).optional()),
    block: field('a whole number of at least 1, or null', z.int().positive().nullable().default(null)),
  }),
  generate: line('generate', {
    context: text,
    max_tokens: field(`a whole number from 1 to ${MOST_PASSES}`, z.int().positive().max(MOST_PASSES)),
    stop: field('a text or an array of texts, none of them empty', z.union([stop, z.array(stop)]).default([])),
    temperature,
    top_p: topP,
    seed,
    key,
  }),
  infill: line('infill', {
    ids,
    mask: positions,
    steps: field(`a whole number from 1 to ${MOST_PASSES}`, z.int().positive().max(MOST_PASSES).optional()),
    sampler: field(`one of ${SAMPLERS.join(', ')}`, z.enum(SAMPLERS).default('confidence')),
    form: field('canonical or paper', z.enum(['canonical', 'paper']).default('canonical')),
    block: field('a whole number of at least 1', z.int().positive().optional()),
    threshold: field('a number between 0 and 1', z.number().gt(0).lt(1).optional()),
    temperature,
    tokens: field('argmax or drawn', z.enum(['argmax', 'drawn']).optional()),
    top_p: topP,
    top_k: field('a whole number of at least 1', z.int().positive().optional()),
    seed,
    draw: field('the number of the repetition, from 0', z.int().nonnegative().default(0)),
    draws: field('rows of numbers from 0 to below 1', z.array(z.array(z.number().min(0).lt(1))).optional()),
    key,
  }),
} as const;
type Kind = keyof typeof LINES;

/** As it is read. */
export type RequestLine = z.infer<(typeof LINES)[Kind]>;
/** As it is sent. */
export type ScoreRequest = DeepReadonly<z.input<(typeof LINES)[Kind]>>;

/** One line, parsed. @throws HarnessError 'bad-request' in one sentence: what was expected, what was found */
export function parseLine(line: string): RequestLine {
  const value = parseObject(line);
  const schema = LINES[kindOf(value)];
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const unknown = issue.keys[0] ?? '';
    throw badRequest(`unknown field ${JSON.stringify(unknown)}`, nearestHint(unknown, Object.keys(schema.shape)));
  }
  const name = String(issue?.path[0]);
  const expected = schema.shape[name as keyof typeof schema.shape]?.description ?? 'another value';
  throw badRequest(`${name}: expected ${expected}, found ${shown(value[name])}`);
}

/** The id of a line that was refused, so that its sender can tell which one it was; null where it cannot be read. */
export function idOf(line: string): string | number | null {
  try {
    const parsed = id.safeParse(JSON.parse(line)?.id);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw badRequest(`expected a JSON object, found ${shortened(line)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`expected a JSON object, found ${shown(value)}`);
  }
  return { ...value };
}

function kindOf({ kind }: Readonly<Record<string, unknown>>): Kind {
  const kinds = Object.keys(LINES);
  if (typeof kind === 'string' && kinds.includes(kind)) return kind as Kind;
  const hint = typeof kind === 'string' ? nearestHint(kind, kinds) : undefined;
  throw badRequest(`kind: expected ${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}, found ${shown(kind)}`, hint);
}

function nearestHint(found: string, candidates: readonly string[]): string | undefined {
  const near = nearest(found, candidates);
  return near === null ? undefined : `did you mean "${near}"?`;
}

export function badRequest(message: string, hint?: string): HarnessError {
  return new HarnessError('bad-request', message, hint === undefined ? {} : { hint });
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : shortened(JSON.stringify(value)));
const shortened = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 60)}…`);
