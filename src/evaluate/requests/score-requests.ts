/** A parsed line of `bench score` as a request in token ids, checked against the model that is to answer it. */
import { HarnessError } from '../../core/errors.ts';
import { scored, visible } from '../../core/question.ts';
import { lowerView } from '../../lm/lowering/lower.ts';
import type { Lowered } from '../../lm/lowering/lowered.ts';
import type { DirectRequest } from '../../lm/requests/direct-requests.ts';
import type { DuelRequest } from '../../lm/requests/duel-requests.ts';
import type { WriteRequest } from '../../lm/requests/write-request.ts';
import { requirePrediction } from '../../lm/shift.ts';
import { checkIds, checkPositions, noiseOf, type RequestContext, requireDiffusion } from './request-checks.ts';
import { badRequest, type RequestLine } from './request-line.ts';
import { streamOf } from './request-streams.ts';
import { toGenerateRequest, toInfillRequest } from './write-requests.ts';

/** @throws HarnessError 'bad-request', 'context-overflow', 'missing-tokenizer', 'empty-answer' */
export function toDirectRequest(
  line: RequestLine,
  context: RequestContext,
): DirectRequest | DuelRequest | WriteRequest {
  switch (line.kind) {
    case 'loglikelihood': {
      if (context.family !== 'autoregressive') {
        throw badRequest('loglikelihood needs an autoregressive model; ask a diffusion model for "denoising"');
      }
      const lowered = lowerPair(line.context, line.continuation, context);
      checkIds(lowered.ids, context);
      requirePrediction(lowered.scored, 'autoregressive', true);
      const attention = attentionOf(line.attention, lowered.ids.length, context);
      return { kind: 'loglikelihood', lowered, attention, key: streamOf(line) };
    }
    case 'masked': {
      requireDiffusion(line.kind, context);
      const tokens = checkIds(Int32Array.from(line.ids), context);
      const attention = attentionOf(line.attention, tokens.length, context);
      const mask = checkPositions('mask', line.mask, tokens.length);
      if (context.blockLength !== undefined && typeof attention === 'number' && attention < 1) {
        throw badRequest(`attention: expected none or rows of 0 and 1, as this network has blocks, found ${attention}`);
      }
      const noise = noiseOf(line, context);
      const told = noise === undefined ? {} : { noise };
      return { kind: 'masked', ids: tokens, mask, attention, key: streamOf(line), ...told };
    }
    case 'denoising': {
      const lowered = scoredPart(line, context);
      const steps = [...new Set(line.steps ?? context.steps)].sort((a, b) => a - b);
      return { kind: 'denoising', lowered, steps, key: streamOf(line) };
    }
    case 'duel':
      return toDuelRequest(line, context);
    case 'generate':
      return toGenerateRequest(line, context);
    case 'infill':
      return toInfillRequest(line, context);
    default:
      return line satisfies never;
  }
}

/** What a diffusion model is to weigh given the rest. */
function scoredPart(
  { kind, ids, scored: positions }: Extract<RequestLine, { kind: 'denoising' | 'duel' }>,
  context: RequestContext,
): Lowered {
  requireDiffusion(kind, context);
  const tokens = checkIds(Int32Array.from(ids), context);
  const sorted = checkPositions('scored', positions, tokens.length);
  requirePrediction(sorted, 'diffusion', context.shift);
  return { ids: tokens, scored: sorted, crossing: false };
}

function toDuelRequest(line: Extract<RequestLine, { kind: 'duel' }>, context: RequestContext): DuelRequest {
  const lowered = scoredPart(line, context);
  const { order, block, per_step: perStep, steps } = line;
  if (perStep !== undefined && steps !== undefined)
    throw badRequest('duel: expected "per_step" or "steps", found both');
  if (block !== null && context.own?.blockLength !== undefined) {
    const own = `this model denoises blocks of ${context.own.blockLength} by itself`;
    throw badRequest(`block: expected null, as ${own}, found ${block}`);
  }
  const pace = steps === undefined ? { perStep: perStep ?? 1 } : { steps };
  return { kind: 'duel', lowered, rule: { order, block, pace } };
}

/** A share of the future, as far as blocks let it be seen, or who sees whom. */
function attentionOf(
  said: 'block-causal' | number | readonly (readonly number[])[],
  length: number,
  { blockLength }: RequestContext,
): number | Uint8Array {
  if (typeof said !== 'string') return typeof said === 'number' ? said : matrix(said, length);
  if (blockLength !== undefined) return 1;
  throw badRequest(
    'attention: expected a model that has blocks for "block-causal", found none',
    'say how long they are with --block-length N',
  );
}

/** Text is encoded jointly, the token that crosses the border counting as continuation; ids are taken as they are. */
function lowerPair(context: Text, continuation: Text, { tokenizer, contextLength }: RequestContext): Lowered {
  if (typeof context !== 'string' && typeof continuation !== 'string') {
    const all = Int32Array.from([...context, ...continuation]);
    if (continuation.length === 0)
      throw new HarnessError('empty-answer', 'continuation: expected at least one token, found none');
    return { ids: all, scored: continuation.map((_, i) => context.length + i), crossing: false };
  }
  if (typeof context !== 'string' || typeof continuation !== 'string') {
    throw badRequest('context and continuation: expected two texts or two arrays of ids, found one of each');
  }
  if (tokenizer === null) {
    const hint = 'send arrays of token ids, or name a folder with tokenizer.json with --tokenizer DIR';
    throw new HarnessError('missing-tokenizer', 'a text needs a tokenizer, the model folder has none', { hint });
  }
  const alternatives = [[visible(context), scored(continuation)]];
  const [lowered] = lowerView(
    { name: 'default', tokenization: 'joint', bos: 'once', alternatives },
    tokenizer,
    contextLength,
  );
  const found = lowered as Lowered;
  if (found.scored[0] !== 0 || tokenizer.bosId === null) return found;
  // An empty context: the text starts a document, as the token in front of every document says.
  return {
    ids: Int32Array.of(tokenizer.bosId, ...found.ids),
    scored: found.scored.map((position) => position + 1),
    crossing: false,
  };
}

type Text = Extract<RequestLine, { kind: 'loglikelihood' }>['context'];

function matrix(rows: readonly (readonly number[])[], length: number): Uint8Array {
  if (rows.length !== length || rows.some((row) => row.length !== length)) {
    const widths = [...new Set(rows.map((row) => row.length))].join(', ');
    throw badRequest(`attention: expected ${length} rows of ${length}, found ${rows.length} rows of ${widths}`);
  }
  const blind = rows.findIndex((row) => !row.includes(1));
  if (blind >= 0) throw badRequest(`attention: expected at least one 1 in row ${blind}, found none`);
  return Uint8Array.from(rows.flat());
}
