/** Denoising block by block with keys and values of finished blocks kept against without, within one run. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { stream } from '../../src/core/numbers/random.ts';
import type { Engine } from '../../src/engines/engine.ts';
import type { Infilled, InfillRequest } from '../../src/lm/writing/infill.ts';
import { openInfiller } from '../../src/lm/writing/proposer.ts';
import { secondsOf, verdict } from '../bench-scoring/workbench.ts';

export interface KeptLoad {
  /** Canvases that are written together. */
  readonly batch: number;
  readonly prompt: number;
  readonly newTokens: number;
  readonly block: number;
  /** Of each block. */
  readonly steps: number;
}

const TARGET = 2;

/** The network of a checkpoint, read so that a block sees itself and those before it. Both ways must write the same bits. */
export async function keptRate(checkpoint: Checkpoint, engine: Engine, load: KeptLoad): Promise<string> {
  const { batch, prompt, newTokens, block, steps } = load;
  const inBlocks = { ...checkpoint, options: { ...checkpoint.options, blockLength: block } };
  const { maskId, shift } = checkpoint.options;
  const denoiser = { maskId: maskId as number, shift, openFraction: 1, blockLength: block };
  const write = async (keepsFinished: boolean, tokens: number): Promise<readonly [number, readonly Infilled[]]> => {
    const infiller = openInfiller(inBlocks, engine, { keepsFinished });
    const of = (count: number) => requests(checkpoint, { ...load, newTokens: count });
    await infiller.infill(of(Math.min(block, tokens)), denoiser); // warm
    let written: readonly Infilled[] = [];
    const seconds = await secondsOf(async () => {
      written = await infiller.infill(of(tokens), denoiser);
    });
    await infiller.dispose();
    return [seconds, written];
  };
  const [without, again] = await write(false, newTokens);
  const [withKept, kept] = await write(true, newTokens);
  const bits = (written: readonly Infilled[]) => JSON.stringify(written.map(({ ids, trace }) => [[...ids], trace]));
  if (bits(kept) !== bits(again)) throw new Error('keeping keys and values changed what was written');
  const rate = (seconds: number) => ((batch * newTokens) / seconds).toFixed(1);
  const what = `${batch} x (${prompt} + ${newTokens}) tokens in blocks of ${block}, ${steps} steps each: tokens/s with finished blocks kept / without`;
  const share = tokensOf(kept) / tokensOf(again);
  const detail = `${rate(withKept)} against ${rate(without)} tokens/s, the same bits; ${(100 * share).toFixed(0)} % of the tokens computed`;
  return verdict(what, without / withKept, TARGET, detail);
}

const tokensOf = (written: readonly Infilled[]): number =>
  written.reduce((sum, { computed }) => sum + computed.tokens, 0);

function requests(checkpoint: Checkpoint, { batch, prompt, newTokens, steps }: KeptLoad): InfillRequest[] {
  return Array.from({ length: batch }, (_, i) => {
    const random = stream(1, 'bench-blocks', i);
    const ids = Int32Array.from({ length: prompt + newTokens }, (_id, at) =>
      Math.floor(random.uniform(at) * checkpoint.architecture.vocabularyRows),
    );
    const maskable = Array.from({ length: newTokens }, (_position, n) => prompt + n);
    return { canvas: { key: `${i}`, draw: 0, ids, maskable }, sampler: { steps }, trace: true };
  });
}
