/** JSON of any file, parsed at the border. Who reads it says how it is refused; by default as a file of a checkpoint. */
import { readFile } from 'node:fs/promises';
import type { ZodError, ZodType } from 'zod';
import { badCheckpoint, HarnessError, type Refuse } from '../core/errors.ts';
import { unwritable } from '../core/text/unwritable.ts';
import type { Bytes } from '../core/units.ts';
import { isLfsPointer, lfsPointer, readExactly, withFile } from './file-bytes.ts';
import { isAbsence, isSystemError, systemWords } from './system-error.ts';

/** Far above any published config or shard index. */
const LARGEST_JSON: Bytes = 100_000_000;

/**
 * The value in a JSON file.
 *
 * @throws what `refuse` makes when the file is absent, unreadable, over 100 MB, not UTF-8 or not JSON
 */
export async function readJsonFile(file: string, refuse: Refuse = badCheckpoint): Promise<unknown> {
  const bytes = await withFile(
    file,
    async (handle, size) => {
      if (size > LARGEST_JSON) throw refuse(file, `${size} bytes of JSON, expected at most ${LARGEST_JSON}`);
      const content = new Uint8Array(size);
      await readExactly(handle, file, content, 0);
      return content;
    },
    refuse,
  );
  return parseJson(bytes, file, 'the file', refuse);
}

/**
 * @param what the part of the file that the content is, for messages
 * @throws what `refuse` makes when the content is not UTF-8 or not JSON
 */
export function parseJson(
  content: Uint8Array | string,
  file: string,
  what: string,
  refuse: Refuse = badCheckpoint,
): unknown {
  let text = '';
  let value: unknown;
  try {
    text = typeof content === 'string' ? content : new TextDecoder('utf-8', { fatal: true }).decode(content);
    value = JSON.parse(text);
  } catch (cause) {
    if (isLfsPointer(content)) throw lfsPointer(file, refuse);
    throw refuse(file, `${what} is not JSON in UTF-8${pythonsNumber(text)}`, { cause });
  }
  const problem = unwritable(value);
  if (problem !== null) throw refuse(file, `${what} holds ${problem}`);
  return value;
}

/** Names the key that has a number which Python writes and JSON does not know. */
function pythonsNumber(text: string): string {
  const [, key, number] = /("(?:[^"\\]|\\.){1,120}")\s*:\s*(-?(?:NaN|Infinity))\b/.exec(text) ?? [];
  return number === undefined ? '' : `: key ${key} is ${number}, which JSON has no number for`;
}

/**
 * Parses a value by a schema.
 *
 * @throws what `refuse` makes, naming the file and the first key that is wrong
 */
export function parseBySchema<T>(schema: ZodType<T>, value: unknown, file: string, refuse: Refuse = badCheckpoint): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : `key "${issue.path.map(String).join('.')}": `;
  throw refuse(file, noObject(issue, value) ?? `${where}${issue?.message ?? 'not of the expected form'}`);
}

/** In our words where a whole file should be an object and is none; null else. */
export function noObject(
  issue: { readonly code?: string | undefined; readonly path: readonly PropertyKey[] } | undefined,
  value: unknown,
): string | null {
  if (issue?.code !== 'invalid_type' || issue.path.length > 0) return null;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? null : `expected a JSON object, found ${kindOf(value)}`;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'a list' : typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

/**
 * The value in a JSON file that a user names.
 *
 * @param where begins the message, such as `--config: `
 * @throws HarnessError 'bad-arguments' when the file cannot be read or is not JSON
 */
export async function readGivenJson(file: string, where = ''): Promise<unknown> {
  const bad = (what: string, cause: unknown, hint?: string) =>
    new HarnessError('bad-arguments', `${where}${what}`, { cause, ...(hint === undefined ? {} : { hint }) });
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    if (!isSystemError(cause) || isAbsence(cause))
      throw bad(`expected a readable JSON file, found none at ${file}`, cause);
    const { found, hint } = systemWords(cause);
    throw bad(`cannot read ${file}: ${found}`, cause, hint);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw bad(`${file} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  const problem = unwritable(value);
  if (problem !== null) throw bad(`${file} holds ${problem}`, undefined);
  return value;
}

/** Parses JSON text; null where it is not JSON, for a schema to refuse that describes every field. */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * The first thing that a schema found wrong, as `where: what`.
 *
 * @param value what was parsed, where a text that is no object shall be refused in our words
 */
export function firstIssue({ issues: [issue] }: ZodError, value: unknown = {}): string {
  const plain = noObject(issue, value);
  if (plain !== null) return plain;
  return issue === undefined ? 'unexpected content' : `${issue.path.join('.') || 'value'}: ${issue.message}`;
}
