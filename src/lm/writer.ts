/**
 * Answers questions by writing: left to right with autoregressive models, by denoising with masked-diffusion ones. Each T and
 * each repetition of a question is a text of its own; none depends on the others or on the batch.
 */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { AnswerWatch, Ask, ScoringSettings } from '../core/model.ts';
import type { Writing } from '../core/question.ts';
import type { Response, Written } from '../core/response.ts';
import type { Engine } from '../tensor/ops.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { TextRule } from './continuation-text.ts';
import type { ForwardOptions } from './forward.ts';
import type { GenerationRequest, SpanLength } from './generate.ts';
import { type InfillRequest, openInfiller } from './infill.ts';
import { infillBySteps } from './infill-by-steps.ts';
import type { Lowered } from './lower.ts';
import type { LoweredQuestion, LoweredWriting } from './lower-writing.ts';
import type { Denoiser } from './noised-input.ts';
import { openTextGenerator, type TextGenerator } from './text-generator.ts';
import { textTrace } from './trajectory.ts';
import { writingCanvas } from './writing-canvas.ts';
import { rowText, textRuleOf, writtenText } from './written-text.ts';

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
  write(
    tasks: readonly WritingTask[],
    settings: ScoringSettings,
    watch?: AnswerWatch,
  ): Promise<readonly (readonly Written[])[]>;
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
  watch?: AnswerWatch,
): Promise<readonly Response[]> {
  const tasks = asks.flatMap(({ ask, views }) => views.map((view): WritingTask => ({ ...view, ask })));
  const texts = tasks.length === 0 ? [] : await writer.write(tasks, settings, watch);
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
  const rule = textRuleOf(checkpoint.architecture);
  let opened: Promise<TextGenerator> | null = null;
  const open = (): Promise<TextGenerator> => {
    opened ??= openTextGenerator(checkpoint, tokenizer, engine, signal === undefined ? {} : { signal });
    return opened;
  };
  return {
    async write(tasks) {
      const generator = await open();
      const requests = tasks.map((task) => generationRequest(task, rule(task.writing)));
      const generated = await generator.generate(requests, { kind: 'greedy' });
      return generated.map((result, i) => {
        if (result.kind === 'unanswered') throw new TypeError(result.reason); // refused when it was lowered
        const { writing, sft } = tasks[i] as WritingTask;
        const { text, tokens } =
          sft === null
            ? { text: result.text, tokens: result.ids.length }
            : rowText(tokenizer, [...result.ids], writing, sft);
        return [{ steps: null, draw: 0, text, tokens, nfe: result.nfe }];
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
  return { tokens: length === 'canvas' ? scored.length : length, source: 'fixed' };
}

function byDenoising({ checkpoint, tokenizer, engine, ...options }: WriterParts): Writer {
  const infiller = openInfiller(checkpoint, engine, options);
  const maskId = checkpoint.options.maskId as number;
  const rule = textRuleOf(checkpoint.architecture);
  return {
    async write(tasks, settings, watch = {}) {
      const denoiser: Denoiser = { maskId, shift: settings.shift, openFraction: settings.openFraction };
      const jobs = tasks.flatMap((task, of) =>
        infillRequests(task, checkpoint, settings).map((request) => {
          return { of, request, steps: task.writing.steps === 'as-set' ? request.sampler.steps : null };
        }),
      );
      const results = await infillBySteps(jobs, infiller, denoiser, watch);
      const texts = tasks.map((): Written[] => []);
      results.forEach(({ ids, nfe, steps, trace = [] }, i) => {
        const { of, request } = jobs[i] as (typeof jobs)[number];
        const { canvas } = request;
        const task = tasks[of] as WritingTask;
        const prompt = ids.slice(0, canvas.maskable[0] as number);
        const written = canvas.maskable.map((position) => ids[position] as number);
        const { text, tokens } = writtenText(tokenizer, prompt, written, task, rule(task.writing));
        texts[of]?.push({ steps, draw: canvas.draw, text, tokens, nfe });
        watch.onTrace?.(task.ask.key, textTrace(canvas, { view: task.view, steps }, trace, tokenizer));
      });
      return texts;
    },
    dispose: infiller.dispose,
  };
}

/** Temperatures of the published evaluation of what diffusion models write, LAMBADA and GSM8K apart. */
const PUBLISHED = { gpt2: 0.95, llama: 0.9 } as const;

function infillRequests(
  { ask, view, writing, lowered }: WritingTask,
  { architecture, options }: Checkpoint,
  settings: ScoringSettings,
): InfillRequest[] {
  const { form, confidenceTemperature, steps, length } = writing;
  const { ids, maskable } = writingCanvas(lowered, length, options.maskId as number);
  const ranking = confidenceTemperature?.[architecture.kind] ?? 1;
  const temperature = writing.temperature === 'published' ? PUBLISHED[architecture.kind] : writing.temperature;
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
          ...(temperature === 'argmax' ? { tokens: 'argmax', temperature: ranking } : { tokens: 'drawn', temperature }),
        },
      }),
    ),
  );
}
