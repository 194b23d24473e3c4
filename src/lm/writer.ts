/**
 * Answers questions by writing: left to right with autoregressive models, by denoising with masked-diffusion ones. Each T and
 * each repetition of a question is a text of its own; none depends on the others or on the batch.
 */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { Ask, ScoringSettings } from '../core/model.ts';
import type { Writing } from '../core/question.ts';
import type { Response, Written } from '../core/response.ts';
import type { Engine } from '../tensor/ops.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { CANONICAL_TEXT, continuationText, cutAtStop, type TextRule } from './continuation-text.ts';
import type { ForwardOptions } from './forward.ts';
import type { GenerationRequest, SpanLength } from './generate.ts';
import { type InfillRequest, openInfiller } from './infill.ts';
import type { Lowered } from './lower.ts';
import type { LoweredQuestion, LoweredWriting } from './lower-writing.ts';
import type { Denoiser } from './noised-input.ts';
import { openTextGenerator, type TextGenerator } from './text-generator.ts';

/** One view of a writing question, in tokens. */
export interface WritingTask extends LoweredWriting {
  readonly ask: Ask;
}

export interface WriterParts extends ForwardOptions {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  readonly engine: Engine;
}

export interface Writer {
  /** Texts of each task, in order: for each T, each repetition. */
  write(tasks: readonly WritingTask[], settings: ScoringSettings): Promise<readonly (readonly Written[])[]>;
  dispose(): Promise<void>;
}

/** Weights are loaded with the first task. */
export function writerOf(parts: WriterParts): Writer {
  return parts.checkpoint.options.family === 'autoregressive' ? leftToRight(parts) : byDenoising(parts);
}

/** A question with its views in tokens. */
export interface WritingAsk extends LoweredQuestion {
  readonly ask: Ask;
}

/** Responses in the order of the questions; one of which no view can be answered is unanswered. */
export async function answerByWriting(
  asks: readonly WritingAsk[],
  writer: Writer,
  settings: ScoringSettings,
): Promise<readonly Response[]> {
  const tasks = asks.flatMap(({ ask, views }) => views.map((view): WritingTask => ({ ...view, ask })));
  const texts = tasks.length === 0 ? [] : await writer.write(tasks, settings);
  return asks.map(({ ask, refused }): Response => {
    const own = tasks.flatMap((task, i) => (task.ask === ask ? [[task.view, texts[i] ?? []] as const] : []));
    const [first] = Object.values(refused);
    if (own.length === 0 && first !== undefined) return { kind: 'unanswered', ...first };
    const nfe = own.flatMap(([, written]) => written).reduce((sum, written) => sum + written.nfe, 0);
    const response = { kind: 'written', views: Object.fromEntries(own), nfe } as const;
    return first === undefined ? response : { ...response, refused };
  });
}

function leftToRight({ checkpoint, tokenizer, engine, signal }: WriterParts): Writer {
  const rule = textRuleOf(checkpoint);
  let opened: Promise<TextGenerator> | null = null;
  const open = (): Promise<TextGenerator> => {
    opened ??= openTextGenerator(checkpoint, tokenizer, engine, signal === undefined ? {} : { signal });
    return opened;
  };
  return {
    async write(tasks) {
      const generator = await open();
      const generated = await generator.generate(
        tasks.map((task) => generationRequest(task, rule(task.writing))),
        { kind: 'greedy' },
      );
      return generated.map((result) => {
        if (result.kind === 'unanswered') throw new TypeError(result.reason); // refused when it was lowered
        return [{ steps: null, draw: 0, text: result.text, tokens: result.ids.length, nfe: result.nfe }];
      });
    },
    dispose: async () => (await opened)?.dispose(),
  };
}

function generationRequest({ ask, view, writing, lowered, endIds }: WritingTask, text: TextRule): GenerationRequest {
  const first = lowered.scored[0] as number;
  return {
    key: `${ask.key}/${view}`,
    prompt: lowered.ids.slice(0, first),
    length: spanLength(writing.length, lowered, ask.question.answers[0] ?? ''),
    stops: writing.stops,
    endIds,
    text,
  };
}

function spanLength(length: Writing['length'], { scored }: Lowered, reference: string): SpanLength {
  if (length === 'gold') return { tokens: scored.length, source: 'gold' };
  if (length === 'gold-characters') return { tokens: [...reference].length, source: 'gold' };
  return { tokens: length, source: 'fixed' };
}

function byDenoising({ checkpoint, tokenizer, engine, ...options }: WriterParts): Writer {
  const { infill, dispose } = openInfiller(checkpoint, engine, options);
  const maskId = checkpoint.options.maskId as number;
  const rule = textRuleOf(checkpoint);
  return {
    async write(tasks, settings) {
      const denoiser: Denoiser = { maskId, shift: settings.shift, openFraction: settings.openFraction };
      const jobs = tasks.flatMap((task, of) =>
        infillRequests(task, maskId, settings, checkpoint).map((request) => ({ of, request })),
      );
      const results = await infill(
        jobs.map((job) => job.request),
        denoiser,
      );
      const texts = tasks.map((): Written[] => []);
      results.forEach(({ ids, nfe, steps }, i) => {
        const { of, request } = jobs[i] as (typeof jobs)[number];
        const { canvas } = request;
        const first = canvas.maskable[0] as number;
        const { writing, endIds } = tasks[of] as WritingTask;
        const written = canvas.maskable.map((position) => ids[position] as number);
        const kept = beforeEnd(written, endIds);
        const whole = continuationText(tokenizer, ids.slice(0, first), kept, rule(writing));
        const text = cutAtStop(whole, writing.stops) ?? whole;
        texts[of]?.push({ steps, draw: canvas.draw, text, tokens: written.length, nfe });
      });
      return texts;
    },
    dispose,
  };
}

function infillRequests(
  { ask, view, writing, lowered }: WritingTask,
  maskId: number,
  settings: ScoringSettings,
  { architecture }: Checkpoint,
): InfillRequest[] {
  const { form, steps, length } = writing;
  const temperature = writing.temperature === 'published' ? PUBLISHED[architecture.kind] : writing.temperature;
  const { ids, maskable } =
    typeof length === 'number' ? fixedCanvas(lowered, length, maskId) : { ids: lowered.ids, maskable: lowered.scored };
  const counts = steps === 'as-set' ? settings.steps : [maskable.length];
  return counts.flatMap((T) =>
    Array.from(
      { length: settings.draws },
      (_, draw): InfillRequest => ({
        canvas: { key: `${ask.key}/${view}`, draw, ids, maskable },
        sampler: {
          order: 'confidence',
          form,
          steps: T,
          seed: settings.seed,
          ...(temperature === 'argmax' ? { tokens: 'argmax' } : { tokens: 'drawn', temperature }),
        },
      }),
    ),
  );
}

/** The reference taken out, and `length` masks put in its place. */
function fixedCanvas({ ids, scored }: Lowered, length: number, maskId: number) {
  const [first, last] = [scored[0] as number, scored.at(-1) as number];
  const hole = new Int32Array(length).fill(maskId);
  return {
    ids: Int32Array.of(...ids.slice(0, first), ...hole, ...ids.slice(last + 1)),
    maskable: Array.from(hole, (_, i) => first + i),
  };
}

/** Temperatures of the published evaluation of what diffusion models write, LAMBADA and GSM8K apart. */
const PUBLISHED = { gpt2: 0.95, llama: 0.9 } as const;

function beforeEnd(ids: readonly number[], endIds: readonly number[]): readonly number[] {
  const end = ids.findIndex((id) => endIds.includes(id));
  return end < 0 ? ids : ids.slice(0, end);
}

/**
 * The published scripts decode what was written alone; in context a blank between two tokens is not lost. Cleaning up is what
 * their library does with GPT-2's tokens, and not with LLaMA's.
 */
function textRuleOf({ architecture }: Checkpoint): (writing: Writing) => TextRule {
  return ({ form, cleansUp }) => ({
    ...CANONICAL_TEXT,
    ...(form === 'paper' ? { context: 'none' as const } : {}),
    ...(cleansUp === true && architecture.kind === 'gpt2' ? { cleanUp: true } : {}),
  });
}
