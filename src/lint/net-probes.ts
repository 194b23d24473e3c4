/**
 * Does the network see what its family is meant to see, and nothing else? Small forwards over made-up ids; needs no text.
 * Inputs that a row may not see are changed: what it says must stay. Inputs that it must see are changed: it must not.
 */

import { stream } from '../core/numbers/random.ts';
import type { Family } from '../core/question.ts';
import {
  type AttentionPattern,
  countingPositions,
  type Forward,
  type Read,
  type ReadAnswers,
  type Sequence,
} from '../lm/forward/sequence.ts';
import { broken, type Check, passed, skipped } from './check.ts';

/** A network as scoring uses it. */
export interface ProbedNet {
  readonly family: Family;
  readonly forward: Forward;
  readonly vocabularyRows: number;
  readonly contextLength: number;
  /** Share of open future attention at which a diffusion model is scored. */
  readonly openFraction: number;
  /** Tokens of a block, of a model that denoises one after the other. */
  readonly blockLength?: number | undefined;
}

/** Nats. Rounding moves a log-probability by some 1e-6; what a row should not have seen, by far more. */
const SAME = 1e-4;
/** Nats. Exactly 0 where a row does not see the change. */
const CHANGED = 1e-6;
/** Nats by which the best token must beat chance somewhere. */
const ABOVE_CHANCE = 1e-3;

const LENGTH = 12;
const PREFIX = 6;
const TARGETS = 8;

export async function probeNet(net: ProbedNet): Promise<readonly Check[]> {
  return [await probeDirection(net), await probePacking(net), await probeHead(net)];
}

/** T34: the last token reaches row 0 of a bidirectional network, and nothing before it in a causal one. */
function probeDirection(net: ProbedNet): Promise<Check> {
  if (net.family === 'autoregressive') return probeCausality(net);
  if (net.openFraction > 0) return probeBidirectionality(net);
  return Promise.resolve(skipped('bidirectional', 'attention 0: the future is closed on purpose'));
}

/** As in scoring: a prefix and two branches. Changing the end of one leaves everything before it, and the other, alone. */
async function probeCausality(net: ProbedNet): Promise<Check> {
  const length = lengthFor(net);
  const prefix = Math.min(PREFIX, length - 2);
  const second = Math.floor((length - prefix) / 2);
  const branches = [length - prefix - second, second];
  const attention: AttentionPattern = { kind: 'branches', prefix, branches };
  const ids = madeUpIds(net, 0);
  const reads = Array.from({ length: length - 1 }, (_, row) => ({ row, target: ids[row] as number }));
  const positions = Int32Array.from({ length }, (_, i) => (i < length - second ? i : i - (branches[0] as number)));
  const before = { ids, positions, attention, reads };
  const change = largestChange(...(await pair(net, before, { ...before, ids: withOtherLast(net, ids) })));
  if (change <= SAME) return passed('causal', 'no row changes with a later token, or with another answer');
  return broken(
    'causal',
    `a row before the last token changes by ${change.toPrecision(2)} nats with it: the network sees the future`,
    'score it with --family diffusion if it is bidirectional; else the engine does not honour the attention mask: try --engine reference',
    { code: 'engine' },
  );
}

async function probeBidirectionality(net: ProbedNet): Promise<Check> {
  if (net.blockLength !== undefined) return probeBlocks(net, net.blockLength);
  const ids = madeUpIds(net, 0);
  const before = full(ids, readsOf(net, [0]));
  const change = largestChange(...(await pair(net, before, full(withOtherLast(net, ids), before.reads))));
  if (change > CHANGED) return passed('bidirectional', 'the first row changes with the last token');
  return broken(
    'bidirectional',
    'the first row does not change with the last token: the network does not see the future',
    'score it with --family ar if it is causal; else the engine does not honour the attention mask: try --engine reference',
    { code: 'engine' },
  );
}

/** The last token of a block reaches its first row, which is the first of the sequence, and that row is all before the next block. */
async function probeBlocks(net: ProbedNet, blockLength: number): Promise<Check> {
  const ids = madeUpIds(net, 0);
  const length = Math.min(blockLength, ids.length - 1);
  const attention: AttentionPattern = { kind: 'blocks', length };
  const before: Sequence = { ...full(ids, readsOf(net, [0])), attention };
  const changed = async (at: number) =>
    largestChange(...(await pair(net, before, { ...before, ids: withOther(net, ids, at) })));
  const [own, next] = [await changed(length - 1), await changed(length)];
  const seesOwn = length === 1 || own > CHANGED;
  if (seesOwn && next <= SAME) {
    return passed(
      'bidirectional',
      'the first row of a block changes with the last token of it, and with no later block',
    );
  }
  return broken(
    'bidirectional',
    seesOwn
      ? `a block changes by ${next.toPrecision(2)} nats with the one after it: the network sees later blocks`
      : 'the first row of a block does not change with the last token of it: the network does not see the future',
    'check --block-length; else the engine does not honour the attention mask: try --engine reference',
    { code: 'engine' },
  );
}

/** A sequence alone, and between others of other lengths in one batch. */
async function probePacking(net: ProbedNet): Promise<Check> {
  const rows = [0, lengthFor(net) - 2];
  const probed = asScored(net, madeUpIds(net, 0), rows);
  const longer = asScored(net, madeUpIds(net, 1), rows);
  const shorter = asScored(net, madeUpIds(net, 2).slice(0, Math.max(2, PREFIX)), [0]);
  const [alone] = await net.forward([probed]);
  const [, packed] = await net.forward([longer, probed, shorter]);
  const change = largestChange(alone as ReadAnswers, packed as ReadAnswers);
  if (change <= SAME) return passed('packing', 'a sequence gives the same alone and packed with others');
  return broken(
    'packing',
    `a sequence gives other values when packed with others (by ${change.toPrecision(2)} nats): the attention mask is not honoured`,
    'this is a fault of the engine: run with --engine reference, and report it',
    { code: 'engine' },
  );
}

/** A head of zeros, or one that was never loaded, gives every token the same probability. */
async function probeHead(net: ProbedNet): Promise<Check> {
  const ids = madeUpIds(net, 0);
  const rows = Array.from({ length: ids.length }, (_, row) => row);
  const reads = rows.map((row) => ({ row, target: ids[row] as number }));
  const [readings] = await net.forward([full(ids, reads)]);
  const chance = -Math.log(net.vocabularyRows);
  const lead = Math.max(...((readings as ReadAnswers).bestLogprobs.map((logprob) => logprob - chance) as Float32Array));
  if (lead > ABOVE_CHANCE) return passed('head', 'the output prefers some tokens to others');
  return broken(
    'head',
    `every one of the ${net.vocabularyRows} tokens is equally likely at every position: the output head holds nothing`,
    'check that lm_head.weight (or the tied embedding) was saved, and convert the checkpoint again',
  );
}

const lengthFor = ({ contextLength }: ProbedNet): number => Math.min(LENGTH, contextLength);

function madeUpIds(net: ProbedNet, which: number): Int32Array {
  const random = stream(0, 'lint', which);
  return Int32Array.from({ length: lengthFor(net) }, (_, i) => Math.floor(random.uniform(i) * net.vocabularyRows));
}

const withOtherLast = (net: ProbedNet, ids: Int32Array): Int32Array => withOther(net, ids, ids.length - 1);

function withOther({ vocabularyRows }: ProbedNet, ids: Int32Array, at: number): Int32Array {
  const changed = ids.slice();
  changed[at] = ((changed[at] as number) + Math.floor(vocabularyRows / 2)) % vocabularyRows;
  return changed;
}

/** Some targets, spread over the vocabulary, at each row. */
function readsOf({ vocabularyRows }: ProbedNet, rows: readonly number[]): readonly Read[] {
  const targets = Array.from({ length: TARGETS }, (_, i) => Math.floor((i * vocabularyRows) / TARGETS));
  return rows.flatMap((row) => targets.map((target) => ({ row, target })));
}

function full(ids: Int32Array, reads: readonly Read[]): Sequence {
  return { ids, positions: countingPositions(ids.length), attention: { kind: 'full' }, reads };
}

function asScored(net: ProbedNet, ids: Int32Array, rows: readonly number[]): Sequence {
  const attention: AttentionPattern = { kind: net.family === 'autoregressive' ? 'causal' : 'full' };
  return { ...full(ids, readsOf(net, rows)), attention };
}

async function pair({ forward }: ProbedNet, before: Sequence, after: Sequence): Promise<[ReadAnswers, ReadAnswers]> {
  const [first, second] = await forward([before, after]);
  return [first as ReadAnswers, second as ReadAnswers];
}

function largestChange(before: ReadAnswers, after: ReadAnswers): number {
  const changes = Array.from(before.logprobs, (logprob, i) => Math.abs(logprob - (after.logprobs[i] as number)));
  return Math.max(0, ...changes);
}
