/** A checkpoint that writes: one compiled program, for prompts and for single tokens alike. */
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { Engine } from '../../engines/engine.ts';
import { nextTokenProgram, pastProgram } from '../../programs/next-token.ts';
import { cacheSizedLimits } from '../forward/batches.ts';
import type { Decoder } from './continuation-text.ts';
import { type GenerationLimits, generate, type SequenceBatch, type TextGenerator } from './generate.ts';
import { slotBytes } from './key-value-cache.ts';
import { cachedBatch, rereadingBatch } from './next-tokens.ts';

export interface TextGeneratorOptions {
  /** Default: true. False reads whole sequences again for every token: for checking, the same to rounding. */
  readonly cached?: boolean;
  /** Never change a result. Default: 32 sequences, prompts as in scoring, 1 GiB of keys and values. */
  readonly limits?: Partial<GenerationLimits>;
  readonly signal?: AbortSignal;
}

/** Loads the weights into the engine. An engine holds its own copy of them for each compiled program. */
export async function openTextGenerator(
  checkpoint: Checkpoint,
  tokenizer: Decoder,
  engine: Engine,
  { cached = true, limits, signal }: TextGeneratorOptions = {},
): Promise<TextGenerator> {
  const { architecture: net, tensors } = checkpoint;
  const { batch, dispose } = cached ? await withCache() : await withoutCache();
  const setting = {
    tokenizer,
    contextLength: net.contextLength,
    slotBytes: cached ? slotBytes(net) : 0,
    limits: { sequences: 32, promptTokens: cacheSizedLimits(net).tokens, cacheBytes: 2 ** 30, ...limits },
    signal: signal ?? null,
  };
  return {
    generate: (requests, decoding, finished = () => {}) =>
      generate(batch(decoding.kind === 'sampled'), requests, decoding, { ...setting, finished }),
    dispose,
  };

  async function withCache(): Promise<Opened> {
    const executable = await engine.compile(pastProgram(net), tensors);
    return { batch: (withLogits) => cachedBatch(executable, net, withLogits), dispose: () => executable.dispose() };
  }
  async function withoutCache(): Promise<Opened> {
    const executable = await engine.compile(nextTokenProgram(net), tensors);
    return { batch: (withLogits) => rereadingBatch(executable, net, withLogits), dispose: () => executable.dispose() };
  }
}

interface Opened {
  batch(withLogits: boolean): SequenceBatch;
  dispose(): Promise<void>;
}
