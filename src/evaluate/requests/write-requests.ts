/** Lines of `bench score` that ask for text, as requests in token ids. */
import { HarnessError } from '../../core/errors.ts';
import { isOwn, REVEAL_ORDERS } from '../../core/samplers/choice.ts';
import { requireFitting } from '../../lm/lowering/text-bound.ts';
import type { WriteRequest } from '../../lm/requests/write-request.ts';
import { CANONICAL_TEXT } from '../../lm/writing/continuation-text.ts';
import { seededDraws } from '../../lm/writing/draws.ts';
import type { Decoding } from '../../lm/writing/generate.ts';
import { type Draws, resolveSampler, type SamplerOptions } from '../../lm/writing/sampler.ts';
import {
  checkIds,
  checkPositions,
  type RequestContext,
  requireDiffusion,
  requireTokenizerFor,
} from './request-checks.ts';
import { badRequest, type RequestLine } from './request-line.ts';

type GenerateLine = Extract<RequestLine, { kind: 'generate' }>;
type DrawnRows = readonly (readonly number[])[];
type InfillLine = Extract<RequestLine, { kind: 'infill' }>;

/** @throws HarnessError 'bad-request', 'context-overflow', 'missing-tokenizer' */
export function toGenerateRequest(line: GenerateLine, context: RequestContext): WriteRequest {
  if (context.family !== 'autoregressive') {
    throw badRequest('generate needs an autoregressive model; ask a diffusion model for "infill"');
  }
  const prompt = checkIds(promptOf(line.context, context), context, 'context');
  if (prompt.length === 0) {
    throw badRequest('context: expected at least one token, which predicts the next, found none');
  }
  if (prompt.length === context.contextLength) {
    const message = `context: expected fewer than ${context.contextLength} tokens, so that one can follow, found ${prompt.length}`;
    throw new HarnessError('context-overflow', message);
  }
  const stops = typeof line.stop === 'string' ? [line.stop] : line.stop;
  if (stops.length > 0) requireTokenizerFor('stop', context);
  const decoding = decodingOf(line, context);
  const request = {
    key: context.streams.next(line),
    prompt,
    length: { tokens: line.max_tokens, source: 'fixed' },
    stops,
    endIds: context.endIds,
    text: CANONICAL_TEXT,
  } as const;
  return { kind: 'generate', request, decoding };
}

function promptOf(context: GenerateLine['context'], checked: RequestContext): Int32Array {
  if (typeof context !== 'string') return Int32Array.from(context);
  const tokenizer = requireTokenizerFor('context', checked);
  requireFitting(context.length, tokenizer, checked.contextLength);
  const ids = tokenizer.encode(context, { specialTokens: true });
  const isEmpty = ids.length === 0 && tokenizer.bosId !== null;
  return Int32Array.from(isEmpty ? [tokenizer.bosId] : ids);
}

function decodingOf({ temperature, top_p: topP = 1, seed }: GenerateLine, context: RequestContext): Decoding {
  if (temperature > 0) return { kind: 'sampled', temperature, topP, seed: seed ?? context.seed };
  if (topP < 1) throw needsTemperature('top_p');
  return { kind: 'greedy' };
}

/** @throws HarnessError 'bad-request', 'context-overflow' */
export function toInfillRequest(line: InfillLine, context: RequestContext): WriteRequest {
  requireDiffusion(line.kind, context);
  const ids = checkIds(Int32Array.from(line.ids), context);
  const maskable = checkPositions('mask', line.mask, ids.length);
  const sampler = samplerOf(line, context);
  if (line.draws !== undefined) checkDraws(line.draws, line, sampler);
  const key = context.streams.next(line, line.draw);
  const canvas = { key, draw: line.draw, ids, maskable };
  const draws = line.draws === undefined ? {} : { draws: givenDraws(line.draws, canvas, sampler) };
  return { kind: 'infill', request: { canvas, sampler, ...draws } };
}

function samplerOf(line: InfillLine, context: RequestContext): SamplerOptions {
  const { sampler: order, form, temperature, tokens, block, threshold, top_p: topP = 1, top_k: topK } = line;
  requireSampler(order, context);
  const isDrawn = isOwn(order) || tokens === 'drawn' || (tokens === undefined && temperature > 0);
  if (tokens === 'drawn' && temperature === 0 && !isOwn(order)) throw needsTemperature('tokens');
  if (topP < 1 && !isDrawn) throw needsTemperature('top_p');
  const steps = line.steps ?? (context.steps.at(-1) as number);
  const seed = line.seed ?? context.seed;
  const said = Object.entries({ tokens, block, threshold, topK }).filter(([, value]) => value !== undefined);
  const options: SamplerOptions = { order, form, steps, temperature, topP, seed, ...Object.fromEntries(said) };
  resolveSampler(options);
  return options;
}

/** Samplers that networks were published with are theirs alone. @throws HarnessError 'bad-request' */
function requireSampler(order: InfillLine['sampler'], { own }: RequestContext): void {
  const known: readonly string[] = [...REVEAL_ORDERS, ...(own?.samplers ?? [])];
  if (known.includes(order)) return;
  throw badRequest(`sampler: expected ${known.join(' or ')} of this network, found "${order}"`);
}

function checkDraws(rows: DrawnRows, line: InfillLine, sampler: SamplerOptions): void {
  if (line.sampler !== 'random-keep' || line.form !== 'paper') {
    throw badRequest('draws: expected only with "sampler":"random-keep","form":"paper"');
  }
  const wrong = rows.find((row) => row.length !== line.ids.length);
  if (rows.length !== sampler.steps - 1 || wrong !== undefined) {
    const found = `${rows.length} rows${wrong === undefined ? '' : `, one of ${wrong.length}`}`;
    throw badRequest(`draws: expected ${sampler.steps - 1} rows of ${line.ids.length} numbers, found ${found}`);
  }
}

/** Another program's random numbers: row i decides the step after which T − 1 − i are still to come, entry p position p. */
function givenDraws(
  rows: DrawnRows,
  { key, draw }: { readonly key: string; readonly draw: number },
  sampler: SamplerOptions,
): Draws {
  const { token } = seededDraws(sampler.seed ?? 0, key, draw);
  return { token, reveal: (remaining, position) => rows[sampler.steps - 1 - remaining]?.[position] as number };
}

function needsTemperature(field: string): HarnessError {
  return badRequest(`${field}: expected "temperature" above 0 beside it, as tokens are drawn`);
}
