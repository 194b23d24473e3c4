/** Which weights a run trains: all of them, or low-rank adapters and the embedding. */
import type { Architecture } from '../architectures/architecture.ts';
import type { Weights } from '../tensor/ops.ts';
import type { Parameters } from './initial-parameters.ts';
import { lowRankInitial, lowRankShapes, mergeLowRank } from './low-rank.ts';

export interface TrainedPart {
  /** What is trained, as it begins. */
  readonly initial: Parameters;
  /** Weights that stay as they are, in their files. */
  readonly frozen: Weights;
  /** α / r. */
  readonly adapterScale: number;
  /** All weights of the net, adapters merged in, from what has been trained. */
  whole(trained: Parameters): Parameters;
}

/** α = 2 r, as published. */
const ADAPTER_SCALE = 2;

export function allParameters(initial: Parameters): TrainedPart {
  return { initial, frozen: new Map(), adapterScale: 1, whole: (trained) => trained };
}

/**
 * Adapters of rank `rank` on every linear layer, and the embedding; so is what has another shape in the files than in the
 * net: an output matrix with a new row.
 *
 * @param weights all weights of the net as training begins
 * @param files   the checkpoint they come from
 * @source the fine-tuning of DiffuLLaMA, arXiv 2410.17891, appendix B (LoRA with a trained embedding, α = 2 r)
 */
export function adapterParameters(
  net: Architecture,
  weights: Parameters,
  files: Weights,
  rank: number,
  seed: number,
): TrainedPart {
  const shapes = new Map([...weights].map(([name, { dims }]) => [name, dims]));
  const wanted = lowRankShapes(net, shapes, { rank, alpha: ADAPTER_SCALE * rank, embedding: true });
  const isTrained = (name: string) => wanted.has(name) || files.get(name)?.shape.join() !== shapes.get(name)?.join();
  const initial = new Map([...lowRankInitial(wanted, seed), ...[...weights].filter(([name]) => isTrained(name))]);
  return {
    initial,
    frozen: new Map([...files].filter(([name]) => !isTrained(name))),
    adapterScale: ADAPTER_SCALE,
    whole: (trained) => {
      const merged = new Map([...weights].map(([name, weight]) => [name, trained.get(name) ?? weight]));
      return mergeLowRank(net, merged, trained, ADAPTER_SCALE);
    },
  };
}
