/**
 * Training on any engine: one program adds up a batch's gradients, another updates. They are two so that batches can
 * accumulate, a step that is not finite is dropped before anything is written, and the update runs piece by piece in the
 * cache; over one set of operations they are also one graph (test/golden/training-graph.test.ts). State stays where it is:
 * the engine writes gradients, parameters and moments over their old values.
 */
import type { Architecture } from '../architectures/architecture.ts';
import type { Engine, Executable } from '../engines/engine.ts';
import type { HostTensor, Weights } from '../tensor/ops.ts';
import { type AdamWInput, type AdamWState, adamWNumbers, adamWProgram } from './adamw.ts';
import { batchFeeds } from './batch-feeds.ts';
import { piecesOf, tokensOfPiece } from './batch-pieces.ts';
import {
  type BatchInput,
  type GradientInput,
  type GradientName,
  type GradientOutput,
  gradientProgram,
  lossProgram,
  type ParameterInput,
  type ParameterShapes,
  type TrainedNet,
} from './gradient-program.ts';
import { copyOf, fill, type ParameterStore, parameterStore } from './parameter-store.ts';
import type { OptimizerSettings, Trainable, TrainingBatch, TrainingState } from './trainable.ts';

export interface TrainableOptions {
  readonly optimizer: OptimizerSettings;
  /** What training starts from: every parameter that is trained, by its name in the net. */
  readonly initial: ReadonlyMap<string, HostTensor>;
  /** Weights that the net reads and training leaves alone. */
  readonly frozen?: Weights;
  /** α / r of the adapters among `initial`. */
  readonly adapterScale?: number;
  /** Which parameters decay; default: matrices. */
  readonly decays?: (name: string, dims: readonly number[]) => boolean;
}

/** Entries of one update: the four vectors and what is made on the way stay in the cache. */
const PIECE = 2 ** 18;
/**
 * Numbers of sequences and of read rows differ from batch to batch: plans of memory would pile up unused. Pieces of the update come in few
 * sizes.
 */
const VARYING = { keepsMemoryPlans: false } as const;
/** Compiled lengths that are kept. */
const KEPT_LENGTHS = 4;

/**
 * A net ready to be trained. Costs 16 bytes a trained parameter, what a batch's activations take, and while a step returns
 * 4 bytes a parameter more (onnxruntime's binding copies what it has written in place). Programs are compiled when a
 * sequence length is first met; a weight that nothing gives is a RangeError then.
 */
export async function openTrainable(net: Architecture, engine: Engine, options: TrainableOptions): Promise<Trainable> {
  const { optimizer, initial, frozen = new Map(), decays = (_, dims) => dims.length > 1 } = options;
  const shapes: ParameterShapes = new Map([...initial].map(([name, { dims }]) => [name, dims]));
  const trained: TrainedNet = {
    net,
    parameters: shapes,
    frozen: new Map([...frozen].map(([name, { shape }]) => [name, shape])),
    adapterScale: options.adapterScale ?? 1,
  };
  const store = parameterStore(initial, decays);
  const update = await engine.compile(adamWProgram(optimizer), new Map());
  const gradients = kept((length) => engine.compile(gradientProgram(trained, length), frozen, VARYING));
  const losses = kept((length) => engine.compile(lossProgram(trained, length), frozen, VARYING));
  return trainableOf(net, optimizer, store, { update, gradients, losses });
}

interface Programs {
  readonly update: Executable<AdamWInput, AdamWState>;
  readonly gradients: Kept<Executable<GradientInput, GradientOutput>>;
  readonly losses: Kept<Executable<BatchInput | ParameterInput, 'losses'>>;
}

function trainableOf(
  net: Architecture,
  optimizer: OptimizerSettings,
  store: ParameterStore,
  programs: Programs,
): Trainable {
  const { views, vectors } = store;
  /** Computed at once. */
  const tokens = tokensOfPiece(net);
  const parameters: Readonly<Record<ParameterInput, HostTensor>> = named('parameter', views.parameter);
  const gradients: Readonly<Record<GradientName, HostTensor>> = named('gradient', views.gradient);
  let steps = 0;
  const addGradients = async (batch: TrainingBatch): Promise<{ loss: number; squares: number }> => {
    const executable = await programs.gradients.of(batch.length);
    const weights = { dims: [batch.weights.length], data: batch.weights };
    const feeds = { ...batchFeeds(net, batch), weights, ...parameters, ...gradients };
    const { loss, squares } = await executable.run<GradientOutput>(feeds, undefined, gradients);
    return { loss: loss.data[0] as number, squares: squares.data[0] as number };
  };
  return {
    async step(batches, learningRate) {
      vectors.gradient.fill(0);
      let loss = 0;
      let squares = 0;
      for (const { batch } of batches.flatMap((each) => piecesOf(each, tokens))) {
        const found = await addGradients(batch);
        loss += found.loss;
        squares = found.squares;
        if (!Number.isFinite(loss)) return { loss, gradientNorm: Number.NaN };
      }
      const gradientNorm = Math.sqrt(squares);
      if (Number.isFinite(gradientNorm)) {
        steps += 1;
        await updateAll(store, programs.update, (decays) =>
          adamWNumbers(optimizer, steps, learningRate, gradientNorm, decays ? optimizer.weightDecay : 0),
        );
      }
      return { loss, gradientNorm };
    },
    async crossEntropies(batch) {
      const executable = await programs.losses.of(batch.length);
      const found = new Float32Array(batch.rows.length);
      for (const piece of piecesOf(batch, tokens)) {
        const { losses } = await executable.run({ ...batchFeeds(net, piece.batch), ...parameters });
        piece.places.forEach((place, i) => {
          found[place] = losses.data[i] as number;
        });
      }
      return found;
    },
    state: async () => stateOf(store, steps),
    async restore(state) {
      setState(store, state);
      ({ steps } = state);
    },
    async dispose() {
      await Promise.all(Object.values(programs).map((each) => each.dispose()));
    },
  };
}

const named = (prefix: string, views: ReadonlyMap<string, HostTensor>) =>
  Object.fromEntries([...views].map(([name, view]) => [`${prefix}.${name}`, view]));

function stateOf({ views: { parameter, first, second } }: ParameterStore, steps: number): TrainingState {
  const [firstMoments, secondMoments] = steps === 0 ? [new Map(), new Map()] : [copyOf(first), copyOf(second)];
  return { steps, parameters: copyOf(parameter), firstMoments, secondMoments };
}

function setState({ views, vectors }: ParameterStore, state: TrainingState): void {
  fill(views.parameter, state.parameters);
  if (state.steps === 0) {
    vectors.first.fill(0);
    vectors.second.fill(0);
  } else {
    fill(views.first, state.firstMoments);
    fill(views.second, state.secondMoments);
  }
}

/** @param numbersOf a step of what decays, and of what does not */
async function updateAll(
  { vectors, stretches }: ParameterStore,
  update: Programs['update'],
  numbersOf: (decays: boolean) => ReturnType<typeof adamWNumbers>,
): Promise<void> {
  for (const { from, to, decays } of stretches) {
    for (let start = from; start < to; start += PIECE) {
      const end = Math.min(to, start + PIECE);
      const piece = (vector: Float32Array) => ({ dims: [end - start], data: vector.subarray(start, end) });
      const { parameter, first, second, gradient } = vectors;
      const state = { parameter: piece(parameter), first: piece(first), second: piece(second) };
      await update.run({ ...state, gradient: piece(gradient), ...numbersOf(decays) }, undefined, state);
    }
  }
}

interface Kept<Value> {
  of(length: number): Promise<Value>;
  dispose(): Promise<void>;
}

/** Compiles for a length when it is first met; the one unused for longest makes room. */
function kept<In extends string, Out extends string>(
  compile: (length: number) => Promise<Executable<In, Out>>,
): Kept<Executable<In, Out>> {
  const compiled = new Map<number, Promise<Executable<In, Out>>>();
  return {
    of: async (length) => {
      const found = compiled.get(length) ?? compile(length);
      compiled.delete(length);
      compiled.set(length, found);
      const [oldest] = compiled.keys();
      if (compiled.size > KEPT_LENGTHS && oldest !== undefined) {
        const dropped = compiled.get(oldest);
        compiled.delete(oldest);
        await (await dropped)?.dispose();
      }
      return found;
    },
    dispose: async () => {
      for (const each of compiled.values()) await (await each).dispose();
      compiled.clear();
    },
  };
}
