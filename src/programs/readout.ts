/**
 * Programs that end in numbers a score reads. Only the rows that are read leave the last attention, and
 * log-probabilities of targets are gathered on the engine: `[N, V]` logits never exist.
 */
import type { Architecture, NetInput } from '../architectures/architecture.ts';
import { inputsOf, logitsAt, predictionsAt } from '../architectures/index.ts';
import { logSoftmax, withoutEntry } from '../tensor/layers.ts';
import type { Ops, Program } from '../tensor/ops.ts';
import { confidences, entropies, type Measure, margins } from './certainties.ts';

export type ReadoutInput = NetInput | 'targets';
export type LogprobOutput = 'logprobs' | 'best' | 'bestLogprobs';
/** Logarithm of the sum that the softmax divides by, `[R]`: of nets whose outputs are scores, it means something. */
export type ScoreOutput = LogprobOutput | 'logTotals';

/** How sure the net is at each row, over all tokens: see `certaintyProgram`. */
export type CertaintyOutput = LogprobOutput | 'confidences' | 'entropies' | 'margins';

const EACH_ROW = { dtype: 'float32', dims: ['R'] } as const;
const LOGPROB_OUTPUTS = { logprobs: EACH_ROW, best: { dtype: 'int32', dims: ['R'] }, bestLogprobs: EACH_ROW } as const;

/**
 * At each read row: the log-probability of its target token, the most likely token (lowest id on ties) and its
 * log-probability; nats, float32, `[R]` each.
 *
 * @param excluded a token that is never the most likely one: `best` and `bestLogprobs` are those of the distribution over all
 *   other tokens, which is what the canonical denoiser writes; `logprobs` are over all tokens as ever. null: none
 */
export function logprobProgram(
  net: Architecture,
  excluded: number | null = null,
): Program<ReadoutInput, LogprobOutput> {
  return {
    name: 'logprobs',
    inputs: inputsOf(net, { targets: { dtype: 'int32', dims: ['R'] } }),
    outputs: LOGPROB_OUTPUTS,
    build: (ops, inputs) =>
      readings(ops, net, logSoftmax(ops, predictionsAt(ops, net, inputs)), inputs.targets, excluded),
  };
}

/** The same, with the sums over which outputs are normalised. */
export function scoreProgram(net: Architecture, excluded: number | null = null): Program<ReadoutInput, ScoreOutput> {
  return {
    ...logprobProgram(net, excluded),
    name: 'scores',
    outputs: { ...LOGPROB_OUTPUTS, logTotals: EACH_ROW },
    build: (ops, inputs) => {
      const logits = predictionsAt(ops, net, inputs); // [R, V]
      const found = readings(ops, net, logSoftmax(ops, logits), inputs.targets, excluded);
      return { ...found, logTotals: ops.sub(ops.take(logits, inputs.targets), found.logprobs) };
    },
  };
}

/**
 * The same, with what samplers go by when they choose positions, `[R]` each, over all tokens, the excluded one too: `confidences`, the
 * largest log-probability; `entropies`, −Σ p ln p; `margins`, the difference of the two largest probabilities.
 *
 * @param measures those that are put out: each reads the whole vocabulary again
 */
export function certaintyProgram(
  net: Architecture,
  excluded: number | null,
  measures: readonly Measure[],
): Program<ReadoutInput, CertaintyOutput> {
  const wanted = measures.map((measure) => [OUTPUT_OF[measure], MEASURES[measure]] as const);
  const further: Record<string, typeof EACH_ROW> = Object.fromEntries(wanted.map(([output]) => [output, EACH_ROW]));
  return {
    ...logprobProgram(net, excluded),
    name: ['certainties', ...measures].join(' '),
    outputs: { ...LOGPROB_OUTPUTS, ...further } as unknown as Readonly<Record<CertaintyOutput, typeof EACH_ROW>>,
    build: <T>(ops: Ops<T>, inputs: Readonly<Record<ReadoutInput, T>>) => {
      const logits = predictionsAt(ops, net, inputs); // [R, V]
      const logprobs = logSoftmax(ops, logits); // [R, V]
      const found = Object.fromEntries(wanted.map(([output, measure]) => [output, measure(ops, logprobs)]));
      const read = readings(ops, net, logprobs, inputs.targets, excluded);
      return { ...read, ...found } as Readonly<Record<CertaintyOutput, T>>;
    },
  };
}

const OUTPUT_OF = { confidence: 'confidences', entropy: 'entropies', margin: 'margins' } as const;
const MEASURES = { confidence: confidences, entropy: entropies, margin: margins } as const;

/** @param logprobs `[R, V]` */
function readings<T>(
  ops: Ops<T>,
  net: Architecture,
  logprobs: T,
  targets: T,
  excluded: number | null,
): Readonly<Record<LogprobOutput, T>> {
  const allowed = excluded === null ? logprobs : withoutEntry(ops, logprobs, excluded, net.vocabularyRows);
  const best = ops.argmax(allowed); // [R]
  const bestLogprobs = ops.take(logprobs, best); // [R]
  return {
    logprobs: ops.take(logprobs, targets),
    best,
    bestLogprobs: excluded === null ? bestLogprobs : withoutShare(ops, bestLogprobs, logprobs, excluded),
  };
}

/** Log-probabilities of the best tokens once the excluded one has none: log p − log(1 − p(excluded)), `[R]`. */
function withoutShare<T>(ops: Ops<T>, bestLogprobs: T, logprobs: T, excluded: number): T {
  const best = ops.unflatten(bestLogprobs, 1); // [R, 1]
  const others = ops.sub(ops.scalar(1), ops.exp(ops.slice(logprobs, excluded, excluded + 1))); // [R, 1]
  // The other tokens have at least the share of the best of them, also where 1 − p is rounded to nothing.
  const share = ops.max(ops.concat(others, ops.exp(best))); // [R, 1]
  return ops.flatten(ops.sub(best, ops.log(share)));
}

/** Logits of the read rows, `[R, V]`: for inspection and tests, not for scoring. */
export function logitsProgram(net: Architecture): Program<NetInput, 'logits'> {
  return {
    name: 'logits',
    inputs: inputsOf(net),
    outputs: { logits: { dtype: 'float32', dims: ['R', net.vocabularyRows] } },
    build: (ops, inputs) => ({ logits: logitsAt(ops, net, inputs) }),
  };
}
