/** Writing that reads every sequence again for each token: slow and obvious, what the cache is held against. The same to rounding. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { slotsFor } from '../../src/lm/forward/batches.ts';
import { packSequences } from '../../src/lm/forward/forward.ts';
import { countingPositions, type Sequence } from '../../src/lm/forward/sequence.ts';
import type { Decoder } from '../../src/lm/writing/continuation-text.ts';
import {
  type GenerationLimits,
  generate,
  type NextToken,
  type SequenceBatch,
  type TextGenerator,
} from '../../src/lm/writing/generate.ts';
import { logitsProgram } from '../../src/programs/readout.ts';

export async function openRereading(
  checkpoint: Checkpoint,
  tokenizer: Decoder,
  engine: Engine,
  limits: Partial<GenerationLimits> = {},
): Promise<TextGenerator> {
  const { batch, dispose } = await rereadingBatch(checkpoint, engine);
  const { contextLength } = checkpoint.architecture;
  const most = { sequences: 16, promptTokens: 4096, cacheBytes: 2 ** 30, ...limits };
  const setting = { tokenizer, contextLength, slotBytes: 0, limits: most, signal: null };
  return {
    generate: (requests, decoding, finished = () => {}) =>
      generate(batch, requests, decoding, { ...setting, finished }),
    dispose,
  };
}

export async function rereadingBatch({ architecture: net, tensors }: Checkpoint, engine: Engine) {
  const executable = await engine.compile(logitsProgram(net), tensors);
  const sequences: Int32Array[] = [];
  const read = async (ids: readonly Int32Array[]): Promise<readonly NextToken[]> => {
    const { logits } = await executable.run(packSequences(net, ids.map(wholeSequence), {}, slotsFor));
    const V = net.vocabularyRows;
    return ids.map((_, row) => nextToken(logits.data.subarray(row * V, (row + 1) * V) as Float32Array));
  };
  const batch: SequenceBatch = {
    get open() {
      return sequences.length;
    },
    admit: async (prompts) => {
      const next = await read(prompts);
      sequences.push(...prompts);
      return next;
    },
    extend: async (tokens) => {
      tokens.forEach((token, row) => {
        sequences[row] = Int32Array.of(...(sequences[row] as Int32Array), token);
      });
      return read(sequences);
    },
    release: (row) => {
      const last = sequences.pop() as Int32Array;
      if (row < sequences.length) sequences[row] = last;
    },
  };
  return { batch, dispose: () => executable.dispose() };
}

function wholeSequence(ids: Int32Array): Sequence {
  const reads = [{ row: ids.length - 1, target: 0 }];
  return { ids, positions: countingPositions(ids.length), attention: { kind: 'causal' }, reads };
}

/** The lowest id on ties. */
function nextToken(logits: Float32Array): NextToken {
  const best = logits.reduce((found, logit, id) => (logit > (logits[found] as number) ? id : found), 0);
  const most = logits[best] as number;
  return { best, bestLogprob: -Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0)), logits };
}
