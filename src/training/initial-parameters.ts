/** Where training begins: the weights of a checkpoint or random ones, and a row for a new mask token. */
import type { Architecture } from '../architectures/architecture.ts';
import { kindOf, weightsOf } from '../architectures/index.ts';
import { stream } from '../core/numbers/random.ts';
import { readWeight } from '../engines/weight-file.ts';
import type { HostTensor, Weights } from '../tensor/ops.ts';
import type { TrainingState } from './trainable.ts';

/** By the net's names of weights. */
export type Parameters = ReadonlyMap<string, HostTensor>;

const DEVIATION = 0.02;

/**
 * N(0, 0.02); matrices that write to the residual stream divided by √(2 · layers); norms one, biases zero.
 *
 * @source Radford et al. 2019 (GPT-2)
 */
export function randomParameters(architecture: Architecture, seed: number): Parameters {
  const { layers, vocabularyRows, tiedHead } = architecture;
  const parameters = new Map<string, HostTensor>();
  for (const { name, shape: dims, role } of weightsOf(architecture, vocabularyRows, !tiedHead)) {
    const data = new Float32Array(dims.reduce((product, side) => product * side, 1));
    if (role === 'gain') data.fill(1);
    else if (role !== 'bias') {
      fillNormal(data, role === 'residual' ? DEVIATION / Math.sqrt(2 * layers) : DEVIATION, seed, name);
    }
    parameters.set(name, { dims, data });
  }
  return parameters;
}

/**
 * One more row of the embedding, and of the output matrix where it is another one: the mean of all rows, plus normal noise
 * with deviation 1/√C. The id of the new token is the old number of rows.
 *
 * @source `resize_embedding_layer` of HKUNLP/DiffuLLaMA at c17e897, as DiffuGPT-M's mask was made
 */
export function withMaskRow(parameters: Parameters, net: Pick<Architecture, 'kind'>, seed: number): Parameters {
  const { names } = kindOf(net);
  const extended = new Map(parameters);
  for (const name of [names.embedding, names.head]) {
    const table = parameters.get(name);
    if (table !== undefined) extended.set(name, withMeanRow(table, seed, name));
  }
  return extended;
}

function withMeanRow({ dims, data }: HostTensor, seed: number, name: string): HostTensor {
  const [rows = 0, width = 0] = dims;
  const added = new Float32Array(width);
  fillNormal(added, 1 / Math.sqrt(width), seed, `mask row ${name}`);
  for (let column = 0; column < width; column++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += data[row * width + column] as number;
    added[column] = (added[column] as number) + sum / rows;
  }
  const extended = new Float32Array((rows + 1) * width);
  extended.set(data);
  extended.set(added, rows * width);
  return { dims: [rows + 1, width], data: extended };
}

/** All weights of a checkpoint, as float32 in memory: what training starts from. */
export async function readParameters(weights: Weights): Promise<Map<string, HostTensor>> {
  const parameters = new Map<string, HostTensor>();
  for (const [name, source] of weights) {
    parameters.set(name, { dims: source.shape, data: await readWeight(source) });
  }
  return parameters;
}

/** A state before the first step. */
export function untrained(parameters: Parameters): TrainingState {
  return { steps: 0, parameters, firstMoments: new Map(), secondMoments: new Map() };
}

/** Box and Muller's transform of the numbers of one stream. */
function fillNormal(into: Float32Array, deviation: number, seed: number, name: string): void {
  const random = stream(seed, 'initial', name);
  for (let i = 0; i < into.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.uniform(i)));
    const angle = 2 * Math.PI * random.uniform(i + 1);
    into[i] = radius * Math.cos(angle);
    if (i + 1 < into.length) into[i + 1] = radius * Math.sin(angle);
  }
}
