/**
 * Answers questions by writing: left to right with autoregressive models, by denoising with masked-diffusion ones. Each T and
 * each repetition of a question is a text of its own; none depends on the others or on the batch.
 */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { AnswerWatch, Ask, ScoringSettings } from '../core/model.ts';
import type { WriteQuestion } from '../core/question.ts';
import type { Response, Written } from '../core/response.ts';
import type { Engine } from '../tensor/ops.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { CANONICAL_TEXT, continuationText, cutAtStop, type TextRule } from './continuation-text.ts';
import type { ForwardOptions } from './forward.ts';
import type { GenerationRequest } from './generate.ts';
import { type InfillRequest, openInfiller } from './infill.ts';
import { infillBySteps } from './infill-by-steps.ts';
import type { Lowered } from './lower.ts';
import type { Denoiser } from './noised-input.ts';
import { openTextGenerator, type TextGenerator } from './text-generator.ts';
import { textTrace } from './trajectory.ts';

/** One view of a writing question, in tokens: `lowered.scored` is where the reference stands. */
export interface WritingTask {
  readonly ask: Ask & { readonly question: WriteQuestion };
  readonly view: string;
  readonly lowered: Lowered;
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
      return generated.map((result) => {
        if (result.kind === 'unanswered') throw new TypeError(result.reason); // refused when it was lowered
        return [{ steps: null, draw: 0, text: result.text, tokens: result.ids.length, nfe: result.nfe }];
      });
    },
    dispose: async () => (await opened)?.dispose(),
  };
}

function generationRequest({ ask, view, lowered }: WritingTask): GenerationRequest {
  const { writing } = ask.question;
  const first = lowered.scored[0] as number;
  const isGold = writing.length === 'gold';
  return {
    key: `${ask.key}/${view}`,
    prompt: lowered.ids.slice(0, first),
    length: { tokens: isGold ? lowered.scored.length : (writing.length as number), source: isGold ? 'gold' : 'fixed' },
    stops: writing.stops,
    endIds: [],
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
        infillRequests(task, maskId, settings).map((request) => {
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
        const { ask, view } = tasks[of] as WritingTask;
        const { writing } = ask.question;
        const written = canvas.maskable.map((position) => ids[position] as number);
        const whole = continuationText(tokenizer, ids.slice(0, first), written, textRule(writing.form));
        const text = cutAtStop(whole, writing.stops) ?? whole;
        texts[of]?.push({ steps, draw: canvas.draw, text, tokens: written.length, nfe });
        watch.onTrace?.(ask.key, textTrace(canvas, { view, steps }, trace, tokenizer));
      });
      return texts;
    },
    dispose: infiller.dispose,
  };
}

function infillRequests(
  { ask, view, lowered }: WritingTask,
  maskId: number,
  settings: ScoringSettings,
): InfillRequest[] {
  const { form, temperature, steps, length } = ask.question.writing;
  const { ids, maskable } =
    length === 'gold' ? { ids: lowered.ids, maskable: lowered.scored } : fixedCanvas(lowered, length, maskId);
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

/** The published scripts decode what was written alone; in context a blank between two tokens is not lost. */
function textRule(form: WriteQuestion['writing']['form']): TextRule {
  return form === 'paper' ? { ...CANONICAL_TEXT, context: 'none' } : CANONICAL_TEXT;
}
