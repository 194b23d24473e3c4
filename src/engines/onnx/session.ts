/** A session of onnxruntime that computes a program's graph: how it is opened, and what goes in and out. */
import { HarnessError } from '../../core/errors.ts';
import type { HostTensor, Program, TensorSpec } from '../../tensor/ops.ts';
import type { CompileOptions, WeightDtype } from '../engine.ts';
import type { Device } from './device/device.ts';
import { refusedSession, stopped } from './device/refusals.ts';
import { requireIds } from './device/require-ids.ts';
import { encodeModel, type GraphProto } from './proto.ts';
import type { ReducedSettings } from './reduced/settings.ts';
import type { PlainTensor, Session, SessionOptions, Sessions } from './sessions.ts';
import type { Lookup, WeightPlaces } from './value.ts';

/** What every session of an engine is opened with. */
export interface SessionMaker {
  readonly device: Device;
  readonly dtype: WeightDtype;
  readonly settings: ReducedSettings;
  /** Of one operator; null: as many as onnxruntime counts. */
  readonly threads: number | null;
}

export interface Compiled<In extends string, Out extends string> {
  readonly program: Program<In, Out>;
  readonly lookups: readonly Lookup[];
}

export async function runSession<In extends string, Out extends string, Wanted extends Out>(
  { device }: SessionMaker,
  session: Session,
  { program, lookups }: Compiled<In, Out>,
  feeds: Readonly<Record<In, HostTensor>>,
  wanted = Object.keys(program.outputs) as Wanted[] as readonly Wanted[],
  into?: Readonly<Partial<Record<Wanted, HostTensor>>>,
): Promise<Readonly<Record<Wanted, HostTensor>>> {
  const given: Record<string, PlainTensor> = {};
  for (const name of Object.keys(program.inputs) as In[]) given[name] = plainTensor(feeds[name], program.inputs[name]);
  const places = wanted.map((name): [string, PlainTensor | null] => {
    const place = into?.[name];
    return [outputName(name), place === undefined ? null : plainTensor(place, program.outputs[name])];
  });
  const isElsewhere = device.name !== 'cpu';
  if (isElsewhere) requireIds(program, lookups, feeds);
  const fetched = await session.run(given, Object.fromEntries(places)).catch((cause: Error) => {
    throw isElsewhere && !(cause instanceof HarnessError) ? stopped(device.name, cause) : cause;
  });
  // The binding writes into the given memory and returns a copy of it, which is dropped.
  return Object.fromEntries(
    wanted.map((name) => [name, into?.[name] ?? hostTensor(fetched[outputName(name)] as PlainTensor)]),
  ) as Record<Wanted, HostTensor>;
}

interface SessionHow extends CompileOptions {
  /** Whether threads sleep between operations. By default they wait awake: quicker where nothing else needs their cores. */
  readonly threadsSleep?: boolean;
}

export async function openSession(
  sessions: Sessions,
  { device, settings, threads }: SessionMaker,
  graph: GraphProto,
  weights: Pick<WeightPlaces, 'folder'>,
  { keepsMemoryPlans = true, threadsSleep = false }: SessionHow,
): Promise<Session> {
  const own = sessionSettings(device);
  const opened = sessions.open(encodeModel(graph), {
    ...own.options,
    executionProviders: [device.name],
    enableMemPattern: keepsMemoryPlans,
    ...(threads === null ? {} : { intraOpNumThreads: threads }),
    extra: {
      session: {
        model_external_initializers_file_folder_path: weights.folder,
        // A closed attention entry has a probability near 1e-45: as a denormal it would slow every product down.
        set_denormal_as_zero: '1',
        ...(threadsSleep ? { 'intra_op.allow_spinning': '0' } : {}),
        ...own.session,
        ...settings.session,
      },
      optimization: { ...own.optimization, ...settings.optimization },
    },
  });
  return opened.catch((cause: Error) => {
    if (cause instanceof HarnessError) throw cause;
    if (device.name !== 'cpu') throw refusedSession(device.name, graph.name, cause);
    throw new HarnessError('engine', `onnxruntime could not load the ${graph.name} program: ${cause.message}`, {
      cause,
    });
  });
}

interface SessionSettings {
  readonly options: SessionOptions;
  readonly session: Readonly<Record<string, string>>;
  readonly optimization: Readonly<Record<string, string>>;
}

const FATAL = 4;

/** A device runs the nodes as they are written, since its kernels are used as they were probed, and all of them. */
function sessionSettings({ name, dialect }: Device): SessionSettings {
  if (name === 'cpu') return { options: { graphOptimizationLevel: 'all' }, session: {}, optimization: {} };
  const options = { graphOptimizationLevel: 'basic', logSeverityLevel: FATAL } as const;
  // It would write the kernel of `linear` for products and sums.
  const optimization = dialect.kernels.has('linear') ? {} : { disable_specified_optimizers: 'MatMulAddFusion' };
  return { options, session: { disable_cpu_ep_fallback: '1' }, optimization };
}

/** A program may give an output the name of an input; a graph may not. */
export const outputName = (name: string): string => `out.${name}`;

function plainTensor(tensor: HostTensor | undefined, { dtype: type }: TensorSpec): PlainTensor {
  if (tensor === undefined) throw new TypeError('a program input is missing');
  return { type, dims: tensor.dims, data: tensor.data };
}

function hostTensor({ dims, data }: PlainTensor): HostTensor {
  if (data instanceof BigInt64Array) return { dims, data: Int32Array.from(data, Number) };
  return { dims, data: data as HostTensor['data'] };
}
