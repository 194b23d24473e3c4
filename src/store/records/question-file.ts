/**
 * `questions.jsonl.gz`: the text of a run's questions, so that reports need no data set. A gzip file of JSON lines: its format,
 * then a question a line in data-set order. Derived from task and data: never part of a run's identity or results.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';
import { z } from 'zod';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import type { Bytes } from '../../core/units.ts';
import { replaceFile } from '../../files/draft.ts';
import { firstIssue, jsonOrNull } from '../../files/json-file.ts';
import { readIfThere } from '../../files/read-line.ts';
import { RUN_FILES } from '../run-folder.ts';
import { type StoredQuestion, storedQuestionSchema } from './stored-question.ts';

export const QUESTIONS_FORMAT = 'bench-questions/1';

/** Of all questions of a run, unpacked: some ten times those of the largest task. What a few bytes may grow to is bounded. */
const LARGEST_QUESTIONS: Bytes = 1 << 28;

/** Characters that are packed at once. */
const PART = 1 << 16;

const headSchema = z.strictObject({ format: z.literal(QUESTIONS_FORMAT) });
const expand = promisify(gunzip);

export type ReadQuestions =
  | { readonly kind: 'stored'; readonly byId: ReadonlyMap<string, StoredQuestion> }
  /** Runs of earlier versions have none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly problem: string };

/**
 * Writes the file in one step where it is not there with these bytes already; more than readers take is not written. The caller holds
 * the run's lock.
 */
export async function storeQuestions(folder: string, questions: Iterable<StoredQuestion>): Promise<void> {
  const path = join(folder, RUN_FILES.questions);
  const text = new QuestionText(questions);
  const bytes = await buffer(Readable.from(text.parts()).pipe(createGzip({ level: 9 })));
  if (text.isTooLarge) return;
  const found = await readFile(path).catch(() => null);
  if (found?.equals(bytes) !== true) await replaceFile(path, bytes);
}

/** Packed while they are written out: the text of all questions is many times as large as the file. */
class QuestionText {
  isTooLarge = false;
  readonly #questions: Iterable<StoredQuestion>;

  constructor(questions: Iterable<StoredQuestion>) {
    this.#questions = questions;
  }

  /** Of some size each; none after what readers take. */
  *parts(): Generator<string, void, undefined> {
    let part = `${canonicalJson({ format: QUESTIONS_FORMAT })}\n`;
    let bytes: Bytes = 0;
    for (const question of this.#questions) {
      part += `${canonicalJson(question)}\n`;
      if (part.length < PART) continue;
      bytes += Buffer.byteLength(part);
      this.isTooLarge = bytes > LARGEST_QUESTIONS;
      if (this.isTooLarge) return;
      yield part;
      part = '';
    }
    this.isTooLarge = bytes + Buffer.byteLength(part) > LARGEST_QUESTIONS;
    if (!this.isTooLarge) yield part;
  }
}

/** All questions of a run by item id, or why there are none. A file of which anything is wrong gives none. */
export async function readQuestions(folder: string): Promise<ReadQuestions> {
  const path = join(folder, RUN_FILES.questions);
  const bytes = await readIfThere(path);
  if (bytes === null) return { kind: 'none' };
  const unreadable = (problem: string): ReadQuestions => ({ kind: 'unreadable', problem: `${path} ${problem}` });
  const text = await expand(bytes, { maxOutputLength: LARGEST_QUESTIONS }).then(
    (content) => content.toString('utf8'),
    (error: NodeJS.ErrnoException) => error,
  );
  if (typeof text !== 'string') {
    const isLarge = text.code === 'ERR_BUFFER_TOO_LARGE';
    return unreadable(isLarge ? `holds more than ${LARGEST_QUESTIONS} bytes` : 'is cut off or damaged');
  }
  const [head = '', ...lines] = text.trimEnd().split('\n');
  if (!headSchema.safeParse(jsonOrNull(head)).success) {
    return unreadable(`begins with ${head.slice(0, 60)}, expected format "${QUESTIONS_FORMAT}"`);
  }
  const byId = new Map<string, StoredQuestion>();
  for (const [at, line] of lines.entries()) {
    const parsed = storedQuestionSchema.safeParse(jsonOrNull(line));
    if (!parsed.success) return unreadable(`is damaged: line ${at + 2}: ${firstIssue(parsed.error)}`);
    byId.set(parsed.data.id, parsed.data);
  }
  return { kind: 'stored', byId };
}
