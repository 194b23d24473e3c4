/** What a line of `bench score` is checked against, whatever it asks for. */
import type { OwnDiffusion } from '../../architectures/architecture.ts';
import type { ModelOptions } from '../../checkpoints/checkpoint.ts';
import { HarnessError } from '../../core/errors.ts';
import type { GivenNoise } from '../../lm/likelihood/own-bound.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { badRequest } from './request-line.ts';
import type { WritingStreams } from './request-streams.ts';

/** What a line is checked against. */
export interface RequestContext extends ModelOptions {
  /** The diffusion that the network was made for; null: it was adapted. */
  readonly own: OwnDiffusion | null;
  readonly vocabularyRows: number;
  readonly contextLength: number;
  readonly tokenizer: Tokenizer | null;
  /** Tokens that end a text: the tokenizer's EOS, and those of the checkpoint. */
  readonly endIds: readonly number[];
  /** Used where a line names none. */
  readonly steps: readonly number[];
  readonly seed: number;
  /** Counts the lines that ask for text. */
  readonly streams: WritingStreams;
}

/** @throws HarnessError 'bad-request' where nothing can be masked */
export function requireDiffusion(kind: string, { family, maskId }: RequestContext): void {
  if (family === 'diffusion' && maskId !== null) return;
  if (family === 'diffusion') {
    const why = 'the diffusion of this one has none: its noise exchanges tokens for others';
    throw badRequest(`${kind} needs a model with a mask token, and ${why}`);
  }
  throw badRequest(
    `${kind} needs a diffusion model, this one is autoregressive`,
    'ask it for "loglikelihood"; a diffusion checkpoint without bench.json needs --family diffusion --mask-id N',
  );
}

/** The noise that a network is told; undefined for those that are told none. @throws HarnessError 'bad-request' */
export function noiseOf(
  { sigma, t }: { readonly sigma?: number | undefined; readonly t?: number | undefined },
  { own }: RequestContext,
): GivenNoise | undefined {
  if (own === null || !own.readsNoise) {
    if (sigma === undefined && t === undefined) return undefined;
    const field = sigma === undefined ? 't' : 'sigma';
    throw badRequest(`${field}: expected none, as this network is told no noise, found ${sigma ?? t}`);
  }
  if (sigma !== undefined && t !== undefined) throw badRequest('sigma and t: expected one of them, found both');
  if (t !== undefined) return { sigma: own.schedule.total(t), t };
  if (sigma !== undefined) return { sigma, t: null };
  throw badRequest('masked: expected "sigma" or "t", as this network is told its noise, found neither');
}

/** @throws HarnessError 'missing-tokenizer' */
export function requireTokenizerFor(field: string, { tokenizer }: RequestContext): Tokenizer {
  if (tokenizer !== null) return tokenizer;
  throw new HarnessError('missing-tokenizer', `${field}: a text needs a tokenizer, the model folder has none`, {
    hint: 'send arrays of token ids, or name a folder with tokenizer.json with --tokenizer DIR',
  });
}

export function checkIds(
  tokens: Int32Array,
  { vocabularyRows, contextLength }: RequestContext,
  field = 'ids',
): Int32Array {
  const wrong = tokens.findIndex((token) => token < 0 || token >= vocabularyRows);
  if (wrong >= 0) {
    throw badRequest(`${field}: expected 0 to ${vocabularyRows - 1}, found ${tokens[wrong]} at position ${wrong}`);
  }
  if (tokens.length > contextLength) {
    const message = `${field}: expected at most ${contextLength} tokens, found ${tokens.length}`;
    throw new HarnessError('context-overflow', message);
  }
  return tokens;
}

export function checkPositions(field: string, found: readonly number[], length: number): readonly number[] {
  const sorted = [...new Set(found)].sort((a, b) => a - b);
  const last = sorted.at(-1) as number;
  if (last >= length) throw badRequest(`${field}: expected positions below ${length}, found ${last}`);
  if (sorted.length < found.length) throw badRequest(`${field}: expected each position once`);
  return sorted;
}
