/**
 * Left-to-right generation for many prompts at once. Sequences join the batch as others end; what one of them writes never
 * depends on the others, on the order, or on how many are open (text-generator.ts; random numbers are named by item and
 * position).
 */
import { type ErrorCode, HarnessError } from '../../core/errors.ts';
import { type RandomStream, stream } from '../../core/numbers/random.ts';
import type { Bytes, Nats, Tokens } from '../../core/units.ts';
import { slotsFor } from '../forward/batches.ts';
import { continuationText, cutAtStop, type Decoder, type TextRule } from './continuation-text.ts';
import { sampleToken, type TokenSampling } from './tokens/sample-token.ts';

export interface NextToken {
  /** Most likely next token (lowest id on ties), and its log-probability. */
  readonly best: number;
  readonly bestLogprob: Nats;
  /** `[V]`; null unless the batch was told to bring logits. */
  readonly logits: Float32Array | null;
}

export interface SequenceBatch {
  readonly open: number;
  /** Opens sequences behind those that are open; what comes next in each of the new ones. */
  admit(prompts: readonly Int32Array[]): Promise<readonly NextToken[]>;
  /** Adds one token to every open sequence, in order; what comes next in each. */
  extend(tokens: readonly number[]): Promise<readonly NextToken[]>;
  /** Closes a sequence; the last one takes its number. */
  release(row: number): void;
}

/** How many tokens to write at most, and where the number comes from: `gold` is an oracle, and reports say so. */
export interface SpanLength {
  readonly tokens: Tokens;
  readonly source: 'gold' | 'fixed';
}

export interface GenerationRequest {
  /** Names the random numbers of this item. */
  readonly key: string;
  readonly prompt: Int32Array;
  readonly length: SpanLength;
  /** The text ends before the first of these, wherever token borders lie. */
  readonly stops: readonly string[];
  /** Tokens that end the text, such as EOS; they are no part of it. */
  readonly endIds: readonly number[];
  readonly text: TextRule;
}

/** `greedy`: always the most likely token, the lowest id on ties. */
export type Decoding =
  | { readonly kind: 'greedy' }
  | ({ readonly kind: 'sampled'; readonly seed: number } & TokenSampling);

export type Generated =
  | {
      readonly kind: 'generated';
      /** New tokens, without an end token; they may reach past a stop string. */
      readonly ids: Int32Array;
      /** Log-probability of each under the model (temperature 1). */
      readonly logprobs: readonly Nats[];
      /** Cut before a stop string. */
      readonly text: string;
      readonly ended: 'end-token' | 'stop' | 'length' | 'context';
      /** Forwards that this item took part in. */
      readonly nfe: number;
    }
  | { readonly kind: 'unanswered'; readonly code: ErrorCode; readonly reason: string };

export interface GenerationLimits {
  /** Sequences that are open at once. */
  readonly sequences: number;
  /** Prompt tokens of one forward. */
  readonly promptTokens: Tokens;
  /** Memory of keys and values; a single sequence may exceed it. */
  readonly cacheBytes: Bytes;
}

export interface GenerationSetting {
  readonly tokenizer: Decoder;
  readonly contextLength: Tokens;
  /** Bytes of keys and values a token. */
  readonly slotBytes: Bytes;
  readonly limits: GenerationLimits;
  readonly signal: AbortSignal | null;
  /** Called as soon as an item is complete, in the order in which items end. */
  readonly finished: (index: number, generated: Generated) => void;
}

/** A checkpoint that writes. */
export interface TextGenerator {
  /** @param finished called with each item as soon as it is complete */
  generate(
    requests: readonly GenerationRequest[],
    decoding: Decoding,
    finished?: (index: number, generated: Generated) => void,
  ): Promise<readonly Generated[]>;
  dispose(): Promise<void>;
}

/** One item on its way. */
interface Writing {
  readonly index: number;
  readonly request: GenerationRequest;
  readonly random: RandomStream | null;
  readonly ids: number[];
  readonly logprobs: Nats[];
  nfe: number;
}

/**
 * @returns what each request's model text is, in order
 * @throws HarnessError 'interrupted' between two steps when the signal is aborted, 'non-finite' when the network gives NaN
 */
export async function generate(
  batch: SequenceBatch,
  requests: readonly GenerationRequest[],
  decoding: Decoding,
  setting: GenerationSetting,
): Promise<readonly Generated[]> {
  const results = new Array<Generated>(requests.length);
  const finish = (index: number, generated: Generated): void => {
    results[index] = generated;
    setting.finished(index, generated);
  };
  const waiting: Writing[] = [];
  requests.forEach((request, index) => {
    const refused = refusal(request, setting.contextLength);
    if (refused !== null) finish(index, refused);
    else waiting.push({ index, request, random: randomOf(decoding, request.key), ids: [], logprobs: [], nfe: 0 });
  });
  waiting.sort((a, b) => need(b, setting) - need(a, setting) || a.index - b.index);

  const open: Writing[] = [];
  /** Gives the sequences from row `first` on their next token and lets those that end leave. */
  const advance = (first: number, next: readonly NextToken[]): void => {
    for (let row = first + next.length - 1; row >= first; row--) {
      const writing = open[row] as Writing;
      const done = write(writing, next[row - first] as NextToken, decoding, setting);
      if (done === null) continue;
      batch.release(row);
      const last = open.pop() as Writing;
      if (last !== writing) open[row] = last;
      finish(writing.index, done);
    }
  };
  while (waiting.length + open.length > 0) {
    if (setting.signal?.aborted) throw new HarnessError('interrupted', 'stopped between two tokens');
    const joining = takeJoining(waiting, open, setting);
    const first = open.length;
    if (joining.length > 0) {
      open.push(...joining);
      advance(first, await batch.admit(joining.map(({ request }) => request.prompt)));
    } else {
      advance(0, await batch.extend(open.map(({ ids }) => ids.at(-1) as number)));
    }
  }
  return results;
}

/** Writes one token; what came out when that was the last, else null. */
function write(writing: Writing, next: NextToken, decoding: Decoding, setting: GenerationSetting): Generated | null {
  const { request, ids, logprobs } = writing;
  const position = request.prompt.length + ids.length;
  const { token, logprob } = choose(next, decoding, writing.random, position);
  writing.nfe += 1;
  const isEnd = request.endIds.includes(token);
  if (!isEnd) {
    ids.push(token);
    logprobs.push(logprob);
  }
  const isLast = isEnd || ids.length === request.length.tokens || position + 1 === setting.contextLength;
  if (!isLast && request.stops.length === 0) return null;
  const text = continuationText(setting.tokenizer, request.prompt, ids, request.text);
  const cut = cutAtStop(text, request.stops);
  if (!isLast && cut === null) return null;
  const ended =
    cut !== null ? 'stop' : isEnd ? 'end-token' : ids.length === request.length.tokens ? 'length' : 'context';
  return { kind: 'generated', ids: Int32Array.from(ids), logprobs, text: cut ?? text, ended, nfe: writing.nfe };
}

function choose(
  { best, bestLogprob, logits }: NextToken,
  decoding: Decoding,
  random: RandomStream | null,
  position: number,
): { readonly token: number; readonly logprob: Nats } {
  if (decoding.kind === 'greedy' || random === null) return { token: best, logprob: bestLogprob };
  if (logits === null) throw new TypeError('sampling needs logits');
  const token = sampleToken(logits, decoding, random.uniform(position));
  const normaliser = (logits[best] as number) - bestLogprob;
  return { token, logprob: (logits[token] as number) - normaliser };
}

const randomOf = (decoding: Decoding, key: string): RandomStream | null =>
  decoding.kind === 'sampled' ? stream(decoding.seed, 'generate', key) : null;

/** Slots that an item may come to fill. */
const need = ({ request }: Writing, { contextLength }: GenerationSetting): number =>
  slotsFor(Math.min(request.prompt.length + request.length.tokens, contextLength));

/** Takes from `waiting` what fits beside the open sequences and into one forward. */
function takeJoining(waiting: Writing[], open: readonly Writing[], setting: GenerationSetting): readonly Writing[] {
  const { limits, slotBytes } = setting;
  const joining: Writing[] = [];
  let slots = Math.max(0, ...open.map((writing) => need(writing, setting)));
  let tokens = 0;
  while (waiting.length > 0) {
    const next = waiting[0] as Writing;
    const rows = open.length + joining.length + 1;
    slots = Math.max(slots, need(next, setting));
    tokens += next.request.prompt.length;
    if (rows > limits.sequences || (rows > 1 && rows * slots * slotBytes > limits.cacheBytes)) break;
    if (joining.length > 0 && tokens > limits.promptTokens) break;
    joining.push(waiting.shift() as Writing);
  }
  // Prompts of about one length share a forward.
  return joining.sort((a, b) => b.request.prompt.length - a.request.prompt.length);
}

/** The answer to a request that needs no network, or cannot be given to it. */
function refusal({ prompt, length, stops }: GenerationRequest, contextLength: number): Generated | null {
  if (stops.includes('')) throw new RangeError('an empty stop string stops everything');
  const unanswered = (code: ErrorCode, reason: string): Generated => ({ kind: 'unanswered', code, reason });
  if (prompt.length === 0) return unanswered('bad-request', 'nothing predicts the first token: the prompt is empty');
  if (prompt.length >= contextLength) {
    return unanswered('context-overflow', `a prompt of ${prompt.length} tokens leaves no room in ${contextLength}`);
  }
  if (length.tokens > 0) return null;
  return { kind: 'generated', ids: new Int32Array(0), logprobs: [], text: '', ended: 'length', nfe: 0 };
}
