/**
 * onnxruntime-node as an engine: a program becomes an ONNX graph in memory whose weights are records that point into the
 * published files, so nothing is converted and no weight is read twice; weights that are decoded first lie in files of their own.
 */
import { dirname, sep } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import type { HostTensor, Program, TensorSpec, Weights } from '../../tensor/ops.ts';
import type { CompileOptions, Engine, Executable, WeightDtype } from '../engine.ts';
import { requireMemory } from '../packed/memory.ts';
import { lanesFor } from './beside/lanes.ts';
import { type SessionThreads, sessionThreads } from './beside/sessions-beside.ts';
import { type DecodedFiles, decodedFiles } from './decoded-files.ts';
import { GraphOps } from './graph-ops.ts';
import { valueInfo } from './graph-protos.ts';
import { loadOnnxruntime } from './library.ts';
import { encodeModel } from './proto.ts';
import { wideningFirst } from './reduced/bfloat16.ts';
import { REDUCED } from './reduced/index.ts';
import { type ReducedSettings, reducedSettings } from './reduced/settings.ts';
import { type PlainTensor, type Session, type Sessions, sessionsHere } from './sessions.ts';
import type { WeightPlaces } from './value.ts';
import { NotedWeights, type PlacedWeights, placeWeights } from './weight-places.ts';

export interface OnnxEngineOptions {
  /** Threads of one operator; default: as many as there are cores. */
  readonly threads?: number;
  /** False spells out every layer instead of using fused kernels. */
  readonly fused?: boolean;
  /** In what weights are held; default: float32. */
  readonly dtype?: WeightDtype;
  /** Whether programs that may compute beside this thread do. Default: false. */
  readonly beside?: boolean;
}

interface Opened extends OnnxEngineOptions {
  readonly settings: ReducedSettings;
  sessionsFor(weights: Weights, how: CompileOptions): Promise<Sessions>;
}

/**
 * Loads onnxruntime (native code) and returns the cpu engine.
 *
 * @throws HarnessError 'engine' when it cannot be loaded; 'not-supported' for a dtype in which the CPU does not compute
 */
export async function onnxEngine(options: OnnxEngineOptions = {}): Promise<Engine> {
  const { dtype = 'float32' } = options;
  if (dtype !== 'float32' && REDUCED[dtype] === undefined) throw notComputed(dtype);
  const threads = options.beside === true ? await sessionThreads() : null;
  const decoded = decodedFiles();
  const settings = await reducedSettings(threads?.sessions(1) ?? (await here()), dtype);
  const opened = { ...options, settings, sessionsFor: chooser(threads, options.threads) };
  return {
    name: `onnx-cpu ${threads?.version ?? (await versionHere())}`,
    dtype,
    compile: (program, weights, how) => compile(decoded, program, weights, opened, how),
  };
}

const here = async (): Promise<Sessions> => sessionsHere(await loadOnnxruntime());

async function versionHere(): Promise<string> {
  const { versions } = (await loadOnnxruntime()).env;
  return versions.node ?? versions.common;
}

const chooser =
  (threads: SessionThreads | null, most: number | undefined): Opened['sessionsFor'] =>
  async (weights, { beside = false }) =>
    beside && threads !== null ? threads.sessions(lanesFor(weights, most)) : here();

function notComputed(dtype: WeightDtype): HarnessError {
  const known = ['float32', ...Object.keys(REDUCED)].join(', ');
  return new HarnessError(
    'not-supported',
    `--dtype: expected one in which the cpu computes (${known}), found ${dtype}`,
    {
      hint: dtype === 'float16' ? 'bfloat16 takes the same memory' : 'choose one of these',
    },
  );
}

function withoutBlocks(): HarnessError {
  const what = '--dtype file: expected weights in blocks of Q8_0 or Q4_0, as GGUF files have them, found none';
  return new HarnessError('not-supported', what, { hint: 'leave --dtype out, or choose int8 or int4' });
}

async function compile<In extends string, Out extends string>(
  decoded: DecodedFiles,
  program: Program<In, Out>,
  published: Weights,
  options: Opened,
  how: CompileOptions = {},
): Promise<Executable<In, Out>> {
  requireMemory(published, options.dtype ?? 'float32', process.availableMemory());
  const noted = new NotedWeights(published);
  buildGraph(program, noted, '', options);
  if (options.dtype === 'file' && noted.uses.size === 0) throw withoutBlocks();
  const weights = await placeWeights(noted, published, decoded, options.dtype ?? 'float32', how);
  const sessions = await options.sessionsFor(published, how);
  const session = await openSession(sessions, program, weights, options, how).catch(async (error: unknown) => {
    await weights.release();
    throw error;
  });
  const outputs = Object.keys(program.outputs) as Out[];
  return {
    atOnce: session.atOnce,
    run: async (feeds, wanted = outputs as never[], into) => {
      const given: Record<string, PlainTensor> = {};
      for (const name of Object.keys(program.inputs) as In[])
        given[name] = plainTensor(feeds[name], program.inputs[name]);
      const places = wanted.map((name): [string, PlainTensor | null] => {
        const place = into?.[name];
        return [outputName(name), place === undefined ? null : plainTensor(place, program.outputs[name])];
      });
      const fetched = await session.run(given, Object.fromEntries(places));
      // The binding writes into the given memory and returns a copy of it, which is dropped.
      return Object.fromEntries(
        wanted.map((name) => [name, into?.[name] ?? hostTensor(fetched[outputName(name)] as PlainTensor)]),
      ) as Record<(typeof wanted)[number], HostTensor>;
    },
    dispose: async () => {
      await session.release();
      await weights.release();
    },
  };
}

async function openSession(
  sessions: Sessions,
  program: Program<string, string>,
  weights: PlacedWeights,
  options: Opened,
  { keepsMemoryPlans = true }: CompileOptions,
): Promise<Session> {
  const folder = commonFolder(weights.files);
  const graph = encodeModel(buildGraph(program, weights, folder, options));
  const opened = sessions.open(graph, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    enableMemPattern: keepsMemoryPlans,
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    extra: {
      session: {
        model_external_initializers_file_folder_path: folder,
        // A closed attention entry has a probability near 1e-45: as a denormal it would slow every product down.
        set_denormal_as_zero: '1',
        ...options.settings.session,
      },
      ...(options.settings.optimization === undefined ? {} : { optimization: options.settings.optimization }),
    },
  });
  return opened.catch((cause: Error) => {
    if (cause instanceof HarnessError) throw cause;
    throw new HarnessError('engine', `onnxruntime could not load the ${program.name} program: ${cause.message}`, {
      cause,
    });
  });
}

function buildGraph<In extends string, Out extends string>(
  program: Program<In, Out>,
  weights: WeightPlaces,
  folder: string,
  { fused = true, dtype = 'float32' }: OnnxEngineOptions,
): Parameters<typeof encodeModel>[0] {
  const ops = new GraphOps(weights, { folder, fused, reduced: REDUCED[dtype] ?? null });
  const inputs = Object.entries<TensorSpec>(program.inputs);
  const values = Object.fromEntries(inputs.map(([name, spec]) => [name, { name, shape: spec.dims }]));
  const results = program.build(ops, values as Record<In, { name: string; shape: TensorSpec['dims'] }>);
  const outputs = Object.entries<TensorSpec>(program.outputs);
  for (const [name, spec] of outputs) ops.output(results[name as Out], outputName(name), spec.dtype);
  const read = new Set(ops.nodes.flatMap((node) => node.input));
  return {
    name: program.name,
    node: dtype === 'bfloat16' ? wideningFirst(ops) : ops.nodes,
    initializer: ops.initializers.filter(({ name }) => read.has(name)),
    input: inputs.map(([name, spec]) => valueInfo(name, spec)),
    output: outputs.map(([name, spec]) => valueInfo(outputName(name), spec)),
  };
}

/** A program may give an output the name of an input; a graph may not. */
const outputName = (name: string): string => `out.${name}`;

function plainTensor(tensor: HostTensor | undefined, { dtype: type }: TensorSpec): PlainTensor {
  if (tensor === undefined) throw new TypeError('a program input is missing');
  return { type, dims: tensor.dims, data: tensor.data };
}

function hostTensor({ dims, data }: PlainTensor): HostTensor {
  return { dims, data: data as HostTensor['data'] };
}

/** The deepest folder that holds all files (weights are named relative to it). */
function commonFolder(files: readonly string[]): string {
  const [first, ...rest] = files.map((file) => dirname(file).split(sep));
  if (first === undefined) return process.cwd();
  let length = first.length;
  for (const parts of rest) {
    while (parts.slice(0, length).join(sep) !== first.slice(0, length).join(sep)) length -= 1;
  }
  return first.slice(0, length).join(sep) || sep;
}
