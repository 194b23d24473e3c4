/**
 * Answers questions by writing: left to right with autoregressive models, by denoising with masked-diffusion ones. Each T and
 * each repetition of a question is a text of its own; none depends on the others or on the batch.
 */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { AnswerWatch, Ask, ScoringSettings } from '../core/model.ts';
import type { WriteQuestion } from '../core/question.ts';
import type { Response, Written } from '../core/response.ts';
import type { SftRow } from '../core/sft-row.ts';
import type { Engine } from '../tensor/ops.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { ForwardOptions } from './forward.ts';
import type { GenerationRequest } from './generate.ts';
import { type InfillRequest, openInfiller } from './infill.ts';
import { infillBySteps } from './infill-by-steps.ts';
import type { Lowered } from './lower.ts';
import type { Denoiser } from './noised-input.ts';
import { openTextGenerator, type TextGenerator } from './text-generator.ts';
import { textTrace } from './trajectory.ts';
import { writingCanvas } from './writing-canvas.ts';
import { textRule, writtenText } from './written-text.ts';

/** One view of a writing question, in tokens: `lowered.scored` is where the reference stands. */
export interface WritingTask {
  readonly ask: Ask & { readonly question: WriteQuestion };
  readonly view: string;
  readonly lowered: Lowered;
  /** The row of a fine-tuned model; null for plain text. */
  readonly sft: SftRow | null;
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

/** The responses of questions from the texts of their views. */
export function writtenResponses(
  asks: readonly Ask[],
  tasks: readonly WritingTask[],
  texts: readonly (readonly Written[])[],
): readonly Response[] {
  return asks.map((ask) => {
    const own = tasks.flatMap((task, i) => (task.ask === ask ? [[task.view, texts[i] ?? []] as const] : []));
    const nfe = own.flatMap(([, written]) => written).reduce((sum, written) => sum + written.nfe, 0);
    return { kind: 'written', views: Object.fromEntries(own), nfe };
  });
}

function leftToRight({ checkpoint, tokenizer, engine, signal }: WriterParts): Writer {
  let opened: Promise<TextGenerator> | null = null;
  const open = (): Promise<TextGenerator> => {
    opened ??= openTextGenerator(checkpoint, tokenizer, engine, signal === undefined ? {} : { signal });
    return opened;
  };
  return {
    async write(tasks) {
      const generator = await open();
      const generated = await generator.generate(tasks.map(generationRequest), { kind: 'greedy' });
      return generated.map((result, i) => {
        if (result.kind === 'unanswered') throw new TypeError(result.reason); // refused when it was lowered
        const { ask, lowered, sft } = tasks[i] as WritingTask;
        const prompt = lowered.ids.slice(0, lowered.scored[0]);
        const { text, tokens } = writtenText(tokenizer, prompt, [...result.ids], ask.question.writing, sft);
        return [{ steps: null, draw: 0, text, tokens, nfe: result.nfe }];
      });
    },
    dispose: async () => (await opened)?.dispose(),
  };
}

function generationRequest({ ask, view, lowered, sft }: WritingTask): GenerationRequest {
  const { writing } = ask.question;
  const first = lowered.scored[0] as number;
  const source = writing.length === 'gold' ? 'gold' : 'fixed';
  return {
    key: `${ask.key}/${view}`,
    prompt: lowered.ids.slice(0, first),
    length: { tokens: typeof writing.length === 'number' ? writing.length : lowered.scored.length, source },
    stops: writing.stops,
    endIds: sft === null ? [] : [sft.eosId],
    text: textRule(writing.form),
  };
}

function byDenoising({ checkpoint, tokenizer, engine, ...options }: WriterParts): Writer {
  const infiller = openInfiller(checkpoint, engine, options);
  const maskId = checkpoint.options.maskId as number;
  return {
    async write(tasks, settings, watch = {}) {
      const denoiser: Denoiser = { maskId, shift: settings.shift, openFraction: settings.openFraction };
      const jobs = tasks.flatMap((task, of) =>
        infillRequests(task, checkpoint, settings).map((request) => {
          const isSet = task.ask.question.writing.steps === 'as-set';
          return { of, request, steps: isSet ? request.sampler.steps : null };
        }),
      );
      const results = await infillBySteps(jobs, infiller, denoiser, watch);
      const texts = tasks.map((): Written[] => []);
      results.forEach(({ ids, nfe, steps, trace = [] }, i) => {
        const { of, request } = jobs[i] as (typeof jobs)[number];
        const { canvas } = request;
        const first = canvas.maskable[0] as number;
        const { ask, view, sft } = tasks[of] as WritingTask;
        const written = canvas.maskable.map((position) => ids[position] as number);
        const { text, tokens } = writtenText(tokenizer, ids.slice(0, first), written, ask.question.writing, sft);
        texts[of]?.push({ steps, draw: canvas.draw, text, tokens, nfe });
        watch.onTrace?.(ask.key, textTrace(canvas, { view, steps }, trace, tokenizer));
      });
      return texts;
    },
    dispose: infiller.dispose,
  };
}

function infillRequests(
  { ask, view, lowered }: WritingTask,
  { architecture, options }: Checkpoint,
  settings: ScoringSettings,
): InfillRequest[] {
  const { form, temperature, confidenceTemperature, steps, length } = ask.question.writing;
  const { ids, maskable } = writingCanvas(lowered, length, options.maskId as number);
  const ranking = confidenceTemperature?.[architecture.kind] ?? 1;
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
