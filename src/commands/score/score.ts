/** `bench score`: answers other programs' requests, one JSON line each, in order. A bad line is reported and skipped. */

import { createReadStream, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { badArguments } from '../../core/errors.ts';
import { requireConsistent } from '../../evaluate/consistent-options.ts';
import { SCORE_OPTIONS } from '../../evaluate/options.ts';
import { type Answerer, AT_ONCE, openAnswerer } from '../../evaluate/requests/answer-requests.ts';
import type { Draft } from '../../files/draft.ts';
import { type OptionsOf, presetsOf } from '../../options/option.ts';
import { json, outFile } from '../../options/shared.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { declareVerb } from '../shell/verb.ts';
import { openOut, requireSparing } from '../shell/write-out.ts';

const { model, ...others } = SCORE_OPTIONS;
const OPTIONS = {
  model,
  out: outFile('file for the answers', 'standard output'),
  json: { ...json, about: 'accepted and without effect: answers are JSON lines in any case' },
  ...others,
};

export interface ScoreOptions extends OptionsOf<typeof OPTIONS> {
  /** JSONL requests; `-` = standard input. */
  readonly file: string;
}

export const SCORE_DEFAULTS = presetsOf(OPTIONS);

export const verb = declareVerb({
  options: OPTIONS,
  examples: {
    'score requests.jsonl --model ./my-diffusion --mask-id 50257 --out answers.jsonl': 'answers to a file',
    'score - --model tiny-gpt2 <<< \'{"id":1,"kind":"loglikelihood","context":"The sky is","continuation":" blue"}\'':
      'a single request',
  },
  settle: (given, [file = '']): ScoreOptions => requireConsistent({ ...given, file }),
  run,
});

export async function run(options: ScoreOptions, io: CommandIo): Promise<number> {
  checkFile(options.file);
  await requirePlaces(options);
  const answerer = await openAnswerer(options, observe(io));
  const sink = options.out === null ? null : await openOut('--out', options.out);
  let failures = 0;
  let answered = 0;
  let isStopped = true;
  try {
    for await (const lines of chunks(options.file, io.signal)) {
      const answers = await answerLines(lines, answerer);
      for (const answer of answers) if ('line' in answer) failures += report(answer, io);
      const text = answers.map((answer) => `${JSON.stringify(answer)}\n`).join('');
      if (sink === null) io.stdout(text);
      else await sink.file.appendFile(text);
      answered += answers.length;
    }
    isStopped = io.signal.aborted;
  } finally {
    if (sink !== null) await closeOut(sink, options.out as string, isStopped ? answered : null, io);
    await answerer.dispose();
  }
  if (isStopped) return EXIT.stopped;
  return failures === 0 ? EXIT.ok : EXIT.failure;
}

/**
 * Answers of a run that was stopped are kept, but not in the place of a whole file; once there is a whole one, nowhere.
 *
 * @param answered how many there are of a run that was stopped; null of one that is whole
 */
async function closeOut(sink: Draft, out: string, answered: number | null, io: CommandIo): Promise<void> {
  if (answered === null) {
    await sink.commit();
    return rm(partialOf(out), { force: true });
  }
  if (answered === 0) return sink.discard();
  await sink.commit(partialOf(out));
  io.stderr(`${answered} ${answered === 1 ? 'answer is' : 'answers are'} kept in ${partialOf(out)}\n`);
}

/** Answers of a run that was stopped stand beside the file for all. */
const partialOf = (out: string): string => `${out}.partial`;

async function requirePlaces({ file, out }: ScoreOptions): Promise<void> {
  if (out === null) return;
  const places = [out, partialOf(out)].map((each) => ({ flag: '--out', file: each }));
  await requireSparing(places, file === '-' ? [] : [file]);
}

function checkFile(file: string): void {
  if (file === '-') return;
  const found = statSync(file, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory()) return;
  const what = found === undefined ? `no ${file}` : `the folder ${file}`;
  throw badArguments(`expected a file of JSON lines, found ${what}`);
}

interface NumberedLine {
  readonly number: number;
  /** null where it is no UTF-8. */
  readonly text: string | null;
}

/** Non-empty lines with their numbers, some at a time, until the signal is aborted. */
async function* chunks(file: string, signal: AbortSignal): AsyncGenerator<readonly NumberedLine[]> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  let waiting: NumberedLine[] = [];
  let number = 0;
  // As latin1 a line keeps its bytes, so that what is no UTF-8 is found line by line.
  input.setEncoding('latin1');
  for await (const bytes of createInterface({ input, signal, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    const text = utf8Of(bytes);
    if (text?.trim() === '') continue;
    waiting.push({ number, text });
    if (waiting.length < AT_ONCE) continue;
    yield waiting;
    waiting = [];
  }
  if (waiting.length > 0) yield waiting;
}

/** As they are written: a refusal says which line it is about. */
async function answerLines(lines: readonly NumberedLine[], answerer: Answerer) {
  const answers = (await answerer.answer(lines.flatMap(({ text }) => text ?? []))).values();
  return lines.map(({ number: line, text }) => {
    if (text === null) return { id: null, line, error: 'expected a line in UTF-8, found other bytes' };
    const answer = answers.next().value as Awaited<ReturnType<Answerer['answer']>>[number];
    if (!('error' in answer)) return answer;
    const { id, ...why } = answer;
    return { id, line, ...why };
  });
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function utf8Of(latin1: string): string | null {
  try {
    return UTF8.decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return null;
  }
}

function report({ line, error, hint }: { line: number | undefined; error: string; hint?: string }, io: CommandIo): 1 {
  io.stderr(`line ${line}: ${error}${hint === undefined ? '' : ` (${hint})`}\n`);
  return 1;
}
