/** Nats of texts under a causal model, each behind its start token. */
import { badArguments } from '../../core/errors.ts';
import { type Engine, engineFacts } from '../../engines/engine.ts';
import { netsOf } from '../../lm/forward/forward.ts';
import { countingPositions, type Sequence } from '../../lm/forward/sequence.ts';
import type { ModelFiles } from '../run-parts.ts';
import { type Cell, type Judged, startToken } from './cell.ts';

export interface TextJudge {
  readonly identity: Judged['judge'];
  judge(texts: Cell['texts']): Promise<Judged['texts']>;
  dispose(): Promise<void>;
}

/**
 * Weights are loaded with the first text.
 *
 * @throws HarnessError 'bad-arguments' where the model is none that reads left to right
 */
export async function openTextJudge(files: ModelFiles, engine: Engine, signal: AbortSignal): Promise<TextJudge> {
  const { checkpoint, tokenizer } = files;
  if (checkpoint.options.family !== 'autoregressive') {
    const found = `--judge: expected an autoregressive model, whose likelihood is exact, found diffusion ${checkpoint.name}`;
    throw badArguments(found, 'name one such as gpt2-l');
  }
  const start = startToken(tokenizer);
  const { contextLength } = checkpoint.architecture;
  const nets = netsOf({ checkpoint, engine, signal });
  return {
    identity: {
      name: checkpoint.name,
      weightsDigest: await checkpoint.digest(),
      ...engineFacts(engine),
    },
    async judge(texts) {
      const sequences = texts.map(({ text }) => {
        const ids = tokenizer.encode(text, { specialTokens: false });
        return { sequence: readAll([start, ...ids].slice(0, contextLength)), isCut: ids.length >= contextLength };
      });
      const { forward } = await nets.opened();
      const read = sequences.filter(({ sequence }) => sequence.reads.length > 0);
      const answers = await forward(read.map(({ sequence }) => sequence));
      const natsOf = new Map(read.map((each, i) => [each, sum(answers[i]?.logprobs ?? [])]));
      return sequences.map((each) => {
        return { nats: -(natsOf.get(each) ?? 0), tokens: each.sequence.reads.length, isCut: each.isCut };
      });
    },
    dispose: nets.dispose,
  };
}

function readAll(ids: readonly number[]): Sequence {
  const reads = ids.slice(1).map((target, row) => ({ row, target }));
  const positions = countingPositions(ids.length);
  return { ids: Int32Array.from(ids), positions, attention: { kind: 'causal' }, reads };
}

/** In float64, in the order of the text. */
const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
