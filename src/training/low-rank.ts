/**
 * Low-rank adapters on every linear layer but the head: y = x Wᵀ + (α / r) x Aᵀ Bᵀ, with A `[r, in]`, B `[out, r]` and W
 * left as it is.
 *
 * @source Hu et al. 2021 (arXiv 2106.09685), section 4; first values as in Hugging Face's PEFT
 */
import type { Architecture } from '../architectures/architecture.ts';
import { kindOf, weightsOf } from '../architectures/index.ts';
import { stream } from '../core/numbers/random.ts';
import type { HostTensor } from '../tensor/ops.ts';

export interface LowRankSettings {
  readonly rank: number;
  readonly alpha: number;
  /** Whether the token embedding is trained too (and with it a tied head). */
  readonly embedding: boolean;
}

type Shapes = ReadonlyMap<string, readonly number[]>;

/** What is trained, by name, given the shapes of all of a net's weights. */
export function lowRankShapes(net: Architecture, weights: Shapes, { rank, embedding }: LowRankSettings): Shapes {
  const shapes = new Map<string, readonly number[]>();
  const roles = new Map(weightsOf(net, net.vocabularyRows, !net.tiedHead).map(({ name, role }) => [name, role]));
  for (const [name, dims] of weights) {
    if (embedding && name === kindOf(net).names.embedding) shapes.set(name, dims);
    if (roles.get(name) !== 'linear' && roles.get(name) !== 'residual') continue;
    const { inputs, outputs } = sidesOf(net, dims);
    shapes.set(`${name}.lora_A`, [rank, inputs]);
    shapes.set(`${name}.lora_B`, [outputs, rank]);
  }
  return shapes;
}

/** First values: A uniform in ±1/√in, B zero, so that training starts from the net as it is. */
export function lowRankInitial(shapes: Shapes, seed: number): Map<string, HostTensor> {
  const initial = new Map<string, HostTensor>();
  for (const [name, dims] of shapes) {
    const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    if (name.endsWith('.lora_A')) {
      const random = stream(seed, 'low-rank', name);
      const bound = 1 / Math.sqrt(dims[1] as number);
      data.forEach((_, i) => {
        data[i] = bound * (2 * random.uniform(i) - 1);
      });
    }
    if (/\.lora_[AB]$/.test(name)) initial.set(name, { dims, data });
  }
  return initial;
}

/**
 * W' = W + (α / r) B A in the layout in which the net stores it, for every weight that has adapters; the rest as given.
 *
 * @param weights all weights of the net, trained embedding included
 */
export function mergeLowRank(
  net: Architecture,
  weights: ReadonlyMap<string, HostTensor>,
  adapters: ReadonlyMap<string, HostTensor>,
  scale: number,
): Map<string, HostTensor> {
  return new Map(
    [...weights].map(([name, weight]) => {
      const [a, b] = [adapters.get(`${name}.lora_A`), adapters.get(`${name}.lora_B`)];
      return [name, a === undefined || b === undefined ? weight : merged(net, weight, a, b, scale)];
    }),
  );
}

function merged(net: Architecture, weight: HostTensor, a: HostTensor, b: HostTensor, scale: number): HostTensor {
  const { inputs, outputs } = sidesOf(net, weight.dims);
  const rank = a.dims[0] as number;
  const data = Float32Array.from(weight.data);
  for (let out = 0; out < outputs; out++) {
    for (let from = 0; from < inputs; from++) {
      let total = 0;
      for (let r = 0; r < rank; r++)
        total += (b.data[out * rank + r] as number) * (a.data[r * inputs + from] as number);
      const at = isInOut(net) ? from * outputs + out : out * inputs + from;
      data[at] = (data[at] as number) + scale * total;
    }
  }
  return { dims: weight.dims, data };
}

const isInOut = (net: Architecture): boolean => kindOf(net).linears === 'in-out';

function sidesOf(net: Architecture, dims: readonly number[]): { inputs: number; outputs: number } {
  const [first = 0, second = 0] = dims;
  return isInOut(net) ? { inputs: first, outputs: second } : { inputs: second, outputs: first };
}
