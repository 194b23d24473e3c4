/** Requests to write, in token ids, answered without a task: the other half of what `bench score` serves. */
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { Nats } from '../../core/units.ts';
import type { Engine } from '../../engines/engine.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import type { ForwardOptions } from '../forward/batches.ts';
import { inGroups } from '../in-groups.ts';
import type { Denoiser } from '../likelihood/noised-input.ts';
import { CANONICAL_TEXT, continuationText, type Decoder } from '../writing/continuation-text.ts';
import type { Generated, GenerationRequest, TextGenerator } from '../writing/generate.ts';
import type { Infilled, InfillRequest } from '../writing/infill.ts';
import { openInfiller } from '../writing/proposer.ts';
import { openTextGenerator } from '../writing/text-generator.ts';
import { piecesOf, type Trajectory } from '../writing/trajectory.ts';
import type { WriteRequest } from './write-request.ts';

/** Texts are null where the model has no tokenizer; `trace` and `pieces` are there where they were asked for. */
export type WriteAnswer =
  | {
      /** The new tokens. */
      readonly ids: readonly number[];
      readonly text: string | null;
      readonly ended: Extract<Generated, { kind: 'generated' }>['ended'];
      readonly nfe: number;
      readonly trace?: readonly { readonly position: number; readonly token: number; readonly logprob: Nats }[];
    }
  | {
      /** The whole row. */
      readonly ids: readonly number[];
      readonly text: string | null;
      /** What each unbroken stretch of masked positions came to hold. */
      readonly written: readonly string[] | null;
      readonly steps: number;
      readonly nfe: number;
      readonly trace?: Trajectory;
      readonly pieces?: Readonly<Record<string, string>>;
    };

export interface DirectWriterParts extends ForwardOptions {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer | null;
  readonly engine: Engine;
  /** null for autoregressive models. */
  readonly denoiser: Denoiser | null;
  readonly trace: boolean;
}

export interface DirectWriter {
  /** Answers in order, each independent of the others; requests must fit the model's family. */
  write(requests: readonly WriteRequest[]): Promise<readonly WriteAnswer[]>;
  dispose(): Promise<void>;
}

/** Weights are loaded with the first request. */
export function directWriterOf(parts: DirectWriterParts): DirectWriter {
  const { checkpoint, tokenizer, engine, denoiser, trace } = parts;
  const infiller = openInfiller(checkpoint, engine, parts);
  const generator = openTextGenerator(checkpoint, tokenizer ?? WORDLESS, engine, { signal: parts.signal });
  return {
    write: (requests) =>
      inGroups(requests, wayOf, async (group, way): Promise<readonly WriteAnswer[]> => {
        if (way !== 'infill') return generateAll(group as readonly GenerateRequest[], generator, tokenizer, trace);
        const infills = (group as readonly Extract<WriteRequest, { kind: 'infill' }>[]).map(({ request }) => request);
        if (denoiser === null) throw new TypeError('only a denoising model can infill');
        const jobs = infills.map((request) => ({ ...request, trace }));
        const found = await infiller.infill(jobs, denoiser);
        return found.map((each, i) => infilledAnswer(each, infills[i] as InfillRequest, tokenizer));
      }),
    dispose: async () => {
      await Promise.all([infiller.dispose(), generator.dispose()]);
    },
  };
}

type GenerateRequest = Extract<WriteRequest, { kind: 'generate' }>;

/** Texts that are decoded in one way share batches. */
const wayOf = (request: WriteRequest): string =>
  request.kind === 'infill' ? 'infill' : JSON.stringify(request.decoding);

/** @param requests all decoded in one way */
async function generateAll(
  requests: readonly GenerateRequest[],
  { generate }: TextGenerator,
  tokenizer: Tokenizer | null,
  trace: boolean,
): Promise<readonly WriteAnswer[]> {
  const { decoding } = requests[0] as GenerateRequest;
  const asked = requests.map(({ request }) => request);
  const found = await generate(asked, decoding);
  return found.map((each, i) => generatedAnswer(each, asked[i] as GenerationRequest, tokenizer, trace));
}

/** For models without one: nothing is read of what it decodes. */
const WORDLESS: Decoder = { decode: () => '' };

function generatedAnswer(
  generated: Generated,
  { prompt }: GenerationRequest,
  tokenizer: Tokenizer | null,
  trace: boolean,
): WriteAnswer {
  if (generated.kind === 'unanswered') throw new TypeError(generated.reason); // refused when the request was read
  const { ids, text, ended, nfe, logprobs } = generated;
  const steps = [...ids].map((token, i) => ({
    position: prompt.length + i,
    token,
    logprob: Number((logprobs[i] as Nats).toPrecision(6)),
  }));
  return { ids: [...ids], text: tokenizer === null ? null : text, ended, nfe, ...(trace ? { trace: steps } : {}) };
}

function infilledAnswer(
  { ids, nfe, steps, trace }: Infilled,
  { canvas: { maskable } }: InfillRequest,
  tokenizer: Tokenizer | null,
): WriteAnswer {
  const text = tokenizer?.decode([...ids], { skipSpecialTokens: true }) ?? null;
  const written = tokenizer === null ? null : stretches(maskable).map((span) => spanText(ids, span, tokenizer));
  const answer = { ids: [...ids], text, written, steps, nfe };
  if (trace === undefined) return answer;
  return { ...answer, trace, ...(tokenizer === null ? {} : { pieces: piecesOf(trace, tokenizer) }) };
}

function spanText(ids: Int32Array, span: readonly number[], tokenizer: Tokenizer): string {
  const tokens = span.map((position) => ids[position] as number);
  return continuationText(tokenizer, ids.slice(0, span[0]), tokens, CANONICAL_TEXT);
}

/** Ascending positions, cut where one is left out. */
function stretches(positions: readonly number[]): readonly (readonly number[])[] {
  const spans: number[][] = [];
  for (const position of positions) {
    const last = spans.at(-1);
    if (last?.at(-1) === position - 1) last.push(position);
    else spans.push([position]);
  }
  return spans;
}
