/** `bench score`: answers other programs' requests, one JSON line each, in order. A bad line is reported and skipped. */
import { createReadStream, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { openModel } from '../../checkpoints/open.ts';
import { HarnessError } from '../../core/errors.ts';
import { engineOf } from '../../engines/index.ts';
import { DIFFUSION_OPTIONS, requireConsistent } from '../../evaluate/options.ts';
import { type OpenNet, openNet } from '../../lm/forward/forward.ts';
import { inGroups } from '../../lm/in-groups.ts';
import { answerDirectly, type DirectModel, type DirectRequest } from '../../lm/requests/direct-requests.ts';
import { type DirectWriter, directWriterOf, type WriteRequest } from '../../lm/requests/direct-writing.ts';
import { text } from '../../options/fields.ts';
import { grouped, type OptionsOf, option, presetsOf } from '../../options/option.ts';
import { COMPUTE, ENGINE_OPTIONS, json, MODEL_OPTIONS } from '../../options/shared.ts';
import { loadTokenizer } from '../../tokenizers/load.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';
import type { RequestContext } from './request-checks.ts';
import { idOf, parseLine } from './request-line.ts';
import { toDirectRequest } from './score-requests.ts';

const OPTIONS = {
  model: option(text('a model name or folder'), 'catalog name or checkpoint folder'),
  out: option(text('a file'), 'file for the answers', null, 'standard output'),
  json: { ...json, about: 'accepted and without effect: answers are JSON lines in any case' },
  ...DIFFUSION_OPTIONS,
  trace: { ...DIFFUSION_OPTIONS.trace, about: 'answer infill and generate with every step' },
  ...MODEL_OPTIONS,
  ...grouped(COMPUTE, ENGINE_OPTIONS),
};

export interface ScoreOptions extends OptionsOf<typeof OPTIONS> {
  /** JSONL requests; `-` = standard input. */
  readonly file: string;
}

export const SCORE_DEFAULTS = presetsOf(OPTIONS);

export const verb = declareVerb({
  options: OPTIONS,
  examples: [
    ['score requests.jsonl --model ./my-diffusion --mask-id 50257 --out answers.jsonl', 'answers to a file'],
    [
      'score - --model tiny-gpt2 <<< \'{"id":1,"kind":"loglikelihood","context":"The sky is","continuation":" blue"}\'',
      'a single request',
    ],
  ],
  settle: (given, [file = '']): ScoreOptions => requireConsistent({ ...given, file }),
  run,
});

/** Lines answered together; their sequences share batches. */
const LINES_AT_ONCE = 64;

/** A line of the file that asks something, or why it does not. */
type Asked =
  | { readonly id: string | number; readonly request: DirectRequest | WriteRequest }
  | { readonly failure: Failure };
interface Failure {
  readonly id: string | number | null;
  readonly line: number;
  readonly error: string;
  /** What to do about it, where that can be said. */
  readonly hint?: string;
}

export async function run(options: ScoreOptions, io: CommandIo): Promise<number> {
  checkFile(options.file);
  const checkpoint = await openModel(options.model, options);
  const { architecture, options: answering } = checkpoint;
  const context: RequestContext = {
    ...answering,
    vocabularyRows: architecture.vocabularyRows,
    contextLength: architecture.contextLength,
    tokenizer: await loadTokenizer(options.tokenizer ?? checkpoint.folder),
    steps: options.steps,
    seed: options.seed,
  };
  const engine = await engineOf(options.engine, options.threads);
  const { maskId, shift } = answering;
  const denoiser = maskId === null ? null : { maskId, shift, openFraction: 1 };
  let net: Promise<OpenNet> | null = null;
  const forward: DirectModel['forward'] = async (sequences) => {
    net ??= openNet(checkpoint, engine, { signal: io.signal });
    return (await net).forward(sequences);
  };
  const { tokenizer } = context;
  const answerers: Answerers = {
    scorer: { forward, denoiser, passes: options.passes, seed: options.seed },
    writer: directWriterOf({ checkpoint, tokenizer, engine, denoiser, trace: options.trace, signal: io.signal }),
  };
  const sink = options.out === null ? null : await openSink(options.out);
  let failures = 0;
  try {
    for await (const lines of chunks(options.file)) {
      const answers = await answerLines(lines, context, answerers);
      for (const answer of answers) if ('error' in answer) failures += report(answer as Failure, io);
      const text = answers.map((answer) => `${JSON.stringify(answer)}\n`).join('');
      if (sink === null) io.stdout(text);
      else await sink.appendFile(text);
    }
  } finally {
    await sink?.close();
    await (net as Promise<OpenNet> | null)?.then((open) => open.dispose());
    await answerers.writer.dispose();
  }
  return failures === 0 ? EXIT.ok : EXIT.failure;
}

function checkFile(file: string): void {
  if (file === '-') return;
  const found = statSync(file, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory()) return;
  const what = found === undefined ? `no ${file}` : `the folder ${file}`;
  throw new HarnessError('bad-arguments', `expected a file of JSON lines, found ${what}`);
}

async function openSink(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'w');
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('bad-arguments', `--out: expected a file that can be written, found ${found}`, { cause });
  }
}

interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** Non-empty lines with their numbers, some at a time. */
async function* chunks(file: string): AsyncGenerator<readonly NumberedLine[]> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  let waiting: NumberedLine[] = [];
  let number = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (text.trim() === '') continue;
    waiting.push({ number, text });
    if (waiting.length < LINES_AT_ONCE) continue;
    yield waiting;
    waiting = [];
  }
  if (waiting.length > 0) yield waiting;
}

/** Weights are loaded once for each way of answering that is asked for. */
interface Answerers {
  readonly scorer: DirectModel;
  readonly writer: DirectWriter;
}

const wayOf = (item: Asked): 'none' | 'writing' | 'scoring' => {
  if ('failure' in item) return 'none';
  return item.request.kind === 'generate' || item.request.kind === 'infill' ? 'writing' : 'scoring';
};

function answerLines(
  lines: readonly NumberedLine[],
  context: RequestContext,
  { scorer, writer }: Answerers,
): Promise<readonly object[]> {
  const asked = lines.map((line) => ask(line, context));
  return inGroups(asked, wayOf, async (items, way): Promise<readonly object[]> => {
    const good = items.flatMap((item) => ('request' in item ? [item] : []));
    if (way === 'none') return items.map((item) => ('failure' in item ? item.failure : item));
    const requests = good.map(({ request }) => request);
    const answers: readonly object[] =
      way === 'writing'
        ? await writer.write(requests as readonly WriteRequest[])
        : await answerDirectly(requests as readonly DirectRequest[], scorer);
    return answers.map((answer, i) => ({ id: good[i]?.id, ...answer }));
  });
}

function ask({ number, text }: NumberedLine, context: RequestContext): Asked {
  try {
    const line = parseLine(text);
    return { id: line.id, request: toDirectRequest(line, context) };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return { failure: { id: idOf(text), line: number, error: error.message, ...hint } };
  }
}

function report({ line, error, hint }: Failure, io: CommandIo): 1 {
  io.stderr(`line ${line}: ${error}${hint === undefined ? '' : ` (${hint})`}\n`);
  return 1;
}
