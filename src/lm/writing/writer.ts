/**
 * Answers questions by writing: left to right with autoregressive models, by denoising with masked-diffusion ones. Each T and
 * each repetition of a question is a text of its own; none depends on the others or on the batch.
 */
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { AnswerWatch, Ask, ScoringSettings } from '../../core/model.ts';
import { lengthOfGold, type Writing } from '../../core/question.ts';
import type { Refusal, Response, Written } from '../../core/response.ts';
import { takesSteps } from '../../core/samplers/choice.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { type NetPass, workCounter } from '../forward/net-work.ts';
import { denoiserOf } from '../likelihood/checkpoint-denoiser.ts';
import type { LoweredQuestion, LoweredWriting } from '../lowering/lower-writing.ts';
import type { Lowered } from '../lowering/lowered.ts';
import { samplerOf } from './chosen-sampler.ts';
import type { TextRule } from './continuation-text.ts';
import type { ComputedPasses } from './denoise-job.ts';
import type { GenerationRequest, SpanLength, TextGenerator } from './generate.ts';
import { type Infiller, type InfillRequest, infillBySteps } from './infill.ts';
import type { SamplerOptions } from './sampler.ts';
import { textTrace } from './trajectory.ts';
import { rowText, textRuleOf, writtenText } from './written-text.ts';

/** One view of a writing question, in tokens. */
export interface WritingTask extends LoweredWriting {
  readonly ask: Ask;
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
  const tasksOf = asks.map(({ ask, views }) => views.map((view): WritingTask => ({ ...view, ask })));
  const tasks = tasksOf.flat();
  const texts = tasks.length === 0 ? [] : await writer.write(tasks, settings, watch);
  const textsOf = new Map(tasks.map((task, i) => [task, texts[i] as readonly Written[]]));
  return asks.map(({ refused }, i): Response => {
    const own = (tasksOf[i] ?? []).map((task) => [task.view, textsOf.get(task) ?? []] as const);
    return responseOf(Object.fromEntries(own), refused);
  });
}

/** @param refused the views that could not be asked */
function responseOf(
  views: Readonly<Record<string, readonly Written[]>>,
  refused: Readonly<Record<string, Refusal>>,
): Response {
  const [refusal] = Object.values(refused);
  if (refusal === undefined) return { kind: 'written', views, nfe: passesOf(views) };
  if (Object.keys(views).length === 0) return { kind: 'unanswered', ...refusal };
  return { kind: 'written', views, nfe: passesOf(views), refused };
}

const passesOf = (views: Readonly<Record<string, readonly Written[]>>): number =>
  Object.values(views)
    .flat()
    .reduce((sum, { nfe }) => sum + nfe, 0);

export function leftToRight(
  { architecture }: Pick<Checkpoint, 'architecture'>,
  tokenizer: Tokenizer,
  generator: TextGenerator,
): Writer {
  const rule = textRuleOf(architecture);
  const workOf = workCounter(architecture);
  return {
    async write(tasks, _settings, watch = {}) {
      const requests = tasks.map((task) => generationRequest(task, rule(task.writing)));
      const generated = await generator.generate(requests, { kind: 'greedy' });
      return generated.map((result, i) => {
        if (result.kind === 'unanswered') throw new TypeError(result.reason); // refused when it was lowered
        const prompt = (requests[i] as GenerationRequest).prompt.length;
        for (const pass of cachedPasses(prompt, result.nfe)) watch.onWork?.(workOf(pass), null);
        const { writing, sft } = tasks[i] as WritingTask;
        const plain = { text: result.text, tokens: result.ids.length };
        const found = sft === null ? plain : rowText(tokenizer, [...result.ids], writing, sft);
        return [{ steps: null, draw: 0, ...found, nfe: result.nfe }];
      });
    },
    dispose: generator.dispose,
  };
}

/** The prompt whole, then one token a pass over what is kept of those before it. */
function cachedPasses(prompt: number, passes: number): readonly NetPass[] {
  if (passes === 0) return [];
  const further = passes - 1;
  const compared = prompt + (further + 1) / 2; // mean over the passes, of which the first sees prompt + 1
  return [
    { tokens: prompt, compared: prompt, reads: 1 },
    { tokens: further, compared, reads: further },
  ];
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
  const told = lengthOfGold(length, scored.length);
  if (told !== null) return { tokens: told, source: 'gold' };
  if (length === 'gold-characters') return { tokens: [...reference].length, source: 'gold' };
  return { tokens: typeof length === 'number' ? length : scored.length, source: 'fixed' };
}

export function byDenoising(checkpoint: Checkpoint, tokenizer: Tokenizer, infiller: Infiller): Writer {
  const rule = textRuleOf(checkpoint.architecture);
  const workOf = workCounter(checkpoint.architecture);
  return {
    async write(tasks, settings, watch = {}) {
      const denoiser = denoiserOf(checkpoint, settings, 'writing');
      const jobs = tasks.flatMap((task) =>
        infillRequests(task, checkpoint, settings).map((request) => {
          return { task, request, steps: isAsSet(task, request.sampler) ? request.sampler.steps : null };
        }),
      );
      const results = await infillBySteps(jobs, infiller, denoiser, watch);
      const texts = new Map(tasks.map((task) => [task, [] as Written[]]));
      results.forEach(({ ids, nfe, computed, steps, trace = [] }, i) => {
        const { task, request } = jobs[i] as (typeof jobs)[number];
        const { canvas } = request;
        watch.onWork?.(workOf(netPass(computed)), jobs[i]?.steps ?? null);
        const prompt = ids.slice(0, canvas.maskable[0] as number);
        const written = canvas.maskable.map((position) => ids[position] as number);
        const found = writtenText(tokenizer, prompt, written, task, rule(task.writing));
        const asked = takesSteps(request.sampler.order ?? 'confidence') ? steps : null;
        texts.get(task)?.push({ steps: asked, draw: canvas.draw, ...found, nfe });
        watch.onTrace?.(task.ask.key, textTrace(canvas, { view: task.view, steps }, trace, tokenizer));
      });
      return [...texts.values()];
    },
    dispose: infiller.dispose,
  };
}

/** Passes in one, whose tokens are compared with as many as theirs are in the mean. */
const netPass = ({ tokens, comparisons, reads }: ComputedPasses): NetPass => ({
  ...{ tokens, reads },
  compared: tokens === 0 ? 0 : comparisons / tokens,
});

/** A request for each T and each repetition. */
function infillRequests(
  { ask, view, writing, lowered }: WritingTask,
  { architecture, options }: Checkpoint,
  { steps, seed, draws, sampler: choice }: ScoringSettings,
): InfillRequest[] {
  const place = writingCanvas(lowered, writing.length, options.maskId as number);
  const sampler = samplerOf(writing, architecture, choice);
  const counts = isAsSet({ writing }, sampler) ? steps : [place.maskable.length];
  return counts.flatMap((T) =>
    Array.from(
      { length: draws },
      (_, draw): InfillRequest => ({
        canvas: { key: `${ask.key}/${view}`, draw, ...place },
        sampler: { ...sampler, steps: T, seed },
      }),
    ),
  );
}

/** Whether a text is written once for each T of the run. */
const isAsSet = ({ writing }: Pick<WritingTask, 'writing'>, { order }: Pick<SamplerOptions, 'order'>): boolean =>
  writing.steps === 'as-set' && takesSteps(order ?? 'confidence');

/** A row and the positions to be written. With another length than the reference's, so many masks take its place. */
function writingCanvas(
  lowered: Lowered,
  length: Writing['length'],
  maskId: number,
): { readonly ids: Int32Array; readonly maskable: readonly number[] } {
  const { ids, scored } = lowered;
  const tokens = typeof length === 'number' ? length : (lengthOfGold(length, scored.length) ?? scored.length);
  if (typeof length !== 'number' && tokens === scored.length) return { ids, maskable: scored };
  const [first, last] = [scored[0] as number, scored.at(-1) as number];
  const hole = new Int32Array(tokens).fill(maskId);
  return {
    ids: Int32Array.of(...ids.slice(0, first), ...hole, ...ids.slice(last + 1)),
    maskable: Array.from(hole, (_, i) => first + i),
  };
}
