/**
 * onnxruntime-node as an engine: a program becomes an ONNX graph in memory whose weights are records that point into the
 * published files, so nothing is converted and no weight is read twice; weights that are decoded first lie in files of their own.
 */

import { type HarnessError, notSupported } from '../../core/errors.ts';
import { freeMemory } from '../../files/free-memory.ts';
import { knownCores } from '../../files/processors.ts';
import type { Program, TensorSpec, Weights } from '../../tensor/ops.ts';
import type { CompileOptions, DeviceChoice, Engine, Executable, WeightDtype } from '../engine.ts';
import { requireMemory } from '../packed/memory.ts';
import { isSmall, lanesFor } from './beside/lanes.ts';
import { type SessionThreads, sessionThreads } from './beside/sessions-beside.ts';
import { type DecodedFiles, decodedFiles } from './decoded-files.ts';
import { CPU } from './device/device.ts';
import type { Library, openDevice } from './device/open-device.ts';
import { SPELLED_OUT } from './dialect.ts';
import { GraphOps } from './graph-ops.ts';
import { namesRead } from './graph-protos.ts';
import { loadOnnxruntime } from './library.ts';
import { type GraphProto, valueInfo } from './proto.ts';
import { wideningFirst } from './reduced/bfloat16.ts';
import { REDUCED } from './reduced/index.ts';
import { reducedSettings } from './reduced/settings.ts';
import { openSession, outputName, runSession, type SessionMaker } from './session.ts';
import { type Sessions, sessionsHere } from './sessions.ts';
import type { Lookup, WeightPlaces } from './value.ts';
import { NotedWeights, placeWeights } from './weight-places.ts';

export interface OnnxEngineOptions {
  /** Threads of one operator; default: as many as there are cores for this process where the system says so (`files/processors.ts`), else what onnxruntime counts. */
  readonly threads?: number;
  /** False spells out every layer instead of using fused kernels, on the CPU. */
  readonly fused?: boolean;
  /** In what weights are held; default: float32. */
  readonly dtype?: WeightDtype;
  /** Default: cpu. */
  readonly device?: DeviceChoice;
  /** Whether programs that may compute beside this thread do. Default: false. */
  readonly beside?: boolean;
}

/**
 * Loads onnxruntime (native code) and opens a device; one that is not the CPU is probed first.
 *
 * @throws HarnessError 'engine' when it cannot be loaded, or the device cannot be used; 'not-supported' for a dtype in which the
 *   device does not compute
 */
export async function onnxEngine(options: OnnxEngineOptions = {}): Promise<Engine> {
  const { dtype = 'float32', device: choice = 'cpu', fused = true } = options;
  if (choice === 'cpu') requireOnCpu(dtype);
  const threads = options.beside === true ? await sessionThreads() : null;
  const oneLane = threads?.sessions(1) ?? (await sessionsInThisThread());
  const onCpu = fused ? CPU : { ...CPU, dialect: SPELLED_OUT };
  const { device, notes } =
    choice === 'cpu' ? { device: onCpu, notes: [] } : await openProbed(libraryOf(oneLane), choice, dtype);
  const isCpu = device.name === 'cpu';
  if (isCpu) requireOnCpu(dtype, notes);
  const compiler: Compiler = {
    ...{ decoded: decodedFiles(), dtype, device, threads: options.threads ?? knownCores() },
    settings: isCpu ? await reducedSettings(oneLane, dtype) : {},
    sessionsFor: isCpu ? chooser(threads, options.threads) : async () => oneLane,
  };
  return {
    name: `onnx-${device.name} ${threads?.version ?? (await versionHere())}`,
    dtype,
    ...(isCpu ? {} : { device: { name: device.name, provider: device.provider } }),
    ...(notes.length === 0 ? {} : { notes }),
    compile: (program, weights, how) => compile(compiler, program, weights, how),
  };
}

/** Probes are loaded where a device is probed. */
const openProbed: typeof openDevice = async (...given) =>
  (await import('./device/open-device.ts')).openDevice(...given);

const sessionsInThisThread = async (): Promise<Sessions> => sessionsHere(await loadOnnxruntime());

async function versionHere(): Promise<string> {
  const { versions } = (await loadOnnxruntime()).env;
  return versions.node ?? versions.common;
}

const chooser =
  (threads: SessionThreads | null, most: number | undefined): Compiler['sessionsFor'] =>
  async (weights, { beside = false }) =>
    beside && threads !== null ? threads.sessions(lanesFor(weights, most)) : sessionsInThisThread();

/** @param notes how the CPU came to be chosen, where nobody named it */
function requireOnCpu(dtype: WeightDtype, notes: readonly string[] = []): void {
  if (dtype !== 'float32' && (dtype === 'float16' || REDUCED[dtype] === undefined)) throw notComputed(dtype, notes);
}

function notComputed(dtype: WeightDtype, notes: readonly string[]): HarnessError {
  const known = ['float32', ...Object.keys(REDUCED)].filter((each) => each !== 'float16').join(', ');
  const why = notes.map((note) => ` (${note})`).join('');
  const message = `--dtype: expected one in which the cpu computes (${known}), found ${dtype}${why}`;
  const hint = dtype === 'float16' ? 'bfloat16 takes the same memory' : 'choose one of these';
  return notSupported(message, hint);
}

/** What every program of an engine is compiled with. */
interface Compiler extends SessionMaker {
  readonly decoded: DecodedFiles;
  sessionsFor(weights: Weights, how: CompileOptions): Promise<Sessions>;
}

function withoutBlocks(): HarnessError {
  const what = '--dtype file: expected weights in blocks of Q8_0 or Q4_0, as GGUF files have them, found none';
  return notSupported(what, 'leave --dtype out, or choose int8 or int4');
}

export async function compile<In extends string, Out extends string>(
  compiler: Compiler,
  program: Program<In, Out>,
  published: Weights,
  how: CompileOptions = {},
): Promise<Executable<In, Out>> {
  const { decoded, dtype, device } = compiler;
  if (device.name === 'cpu') requireMemory(published, dtype, freeMemory());
  const noted = new NotedWeights(published);
  const { lookups } = buildGraph(program, noted, compiler);
  if (dtype === 'file' && noted.uses.size === 0) throw withoutBlocks();
  const weights = await placeWeights(noted, published, decoded, dtype, how);
  const sessions = await compiler.sessionsFor(published, how);
  const opened = async () =>
    openSession(sessions, compiler, buildGraph(program, weights, compiler).graph, weights, {
      ...how,
      threadsSleep: isSmall(published),
    });
  const session = await opened().catch(async (error: unknown) => {
    await weights.release();
    throw error;
  });
  return {
    atOnce: session.atOnce,
    run: (feeds, wanted, into) => runSession(compiler, session, { program, lookups }, feeds, wanted, into),
    dispose: async () => {
      await session.release();
      await weights.release();
    },
  };
}

interface BuiltGraph {
  readonly graph: GraphProto;
  readonly lookups: readonly Lookup[];
}

/** The graph of a program. */
export function buildGraph<In extends string, Out extends string>(
  program: Program<In, Out>,
  weights: WeightPlaces,
  { device: { dialect }, dtype }: Pick<SessionMaker, 'device' | 'dtype'>,
): BuiltGraph {
  const ops = new GraphOps(weights, { dialect, reduced: REDUCED[dtype] ?? null });
  const inputs = Object.entries<TensorSpec>(program.inputs);
  const values = Object.fromEntries(inputs.map(([name, spec]) => [name, { name, shape: spec.dims }]));
  const results = program.build(ops, values as Record<In, { name: string; shape: TensorSpec['dims'] }>);
  const outputs = Object.entries<TensorSpec>(program.outputs);
  for (const [name, spec] of outputs) ops.output(results[name as Out], outputName(name), spec.dtype);
  const read = new Set(ops.list.nodes.flatMap(namesRead));
  const integers = dialect.castsIntegers ? 'int32' : 'int64';
  const graph = {
    name: program.name,
    node: dtype === 'bfloat16' ? wideningFirst(ops.list.nodes, ops.initializers) : ops.list.nodes,
    initializer: ops.initializers.filter(({ name }) => read.has(name)),
    input: inputs.map(([name, { dtype, dims }]) => valueInfo(name, dtype, dims)),
    output: outputs.map(([name, { dims, dtype: type }]) =>
      valueInfo(outputName(name), type === 'int32' ? integers : type, dims),
    ),
    value_info: [...ops.list.valueInfo.values()],
  };
  return { graph, lookups: ops.lookups };
}

/** What probes of devices need. */
export function libraryOf(sessions: Sessions): Library {
  const shared = {
    decoded: decodedFiles(),
    dtype: 'float32',
    settings: {},
    threads: knownCores(),
    sessionsFor: async () => sessions,
  } as const;
  return { sessions, compileOn: (device, program) => compile({ ...shared, device }, program, new Map()) };
}
