/** What runs programs: an interpreter of `Ops`, with the weights of one checkpoint; and the names of those there are. */
import type { HostTensor, Program, Weights } from '../tensor/ops.ts';

/**
 * In what the weights of products and tables are held: float32 as they are published, widened; `int8x2` as two slices of 8 bits
 * each; `file` in the blocks that a block-quantised file has.
 */
export const WEIGHT_DTYPES = ['float32', 'float16', 'bfloat16', 'int8', 'int8x2', 'int4', 'file'] as const;
export type WeightDtype = (typeof WEIGHT_DTYPES)[number];

/** Where an engine may compute: the CPU, or by a provider of onnxruntime. */
export const DEVICES = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'] as const;
export type DeviceName = (typeof DEVICES)[number];

/** `auto`: the first of `AUTO_ORDER` that is here and computes as it should. */
export const DEVICE_CHOICES = [...DEVICES, 'auto'] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];
export const AUTO_ORDER: readonly DeviceName[] = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'];

export interface Engine {
  /** What goes into the manifest: name, version and device. */
  readonly name: string;
  /** In what it holds weights; part of a run's identity. */
  readonly dtype: WeightDtype | 'float64';
  /** Where it computes and what runs there, such as `WebGpuExecutionProvider`; part of a run's identity. Absent: the CPU. */
  readonly device?: { readonly name: DeviceName; readonly provider: string };
  /** What is worth knowing of how it was opened, in sentences. */
  readonly notes?: readonly string[];
  compile<In extends string, Out extends string>(
    program: Program<In, Out>,
    weights: Weights,
    options?: CompileOptions,
  ): Promise<Executable<In, Out>>;
}

/** What manifests, stored texts and documents say of the engine that computed them. */
export const engineFacts = ({ name, dtype, device }: Pick<Engine, 'name' | 'dtype' | 'device'>) => ({
  engine: name,
  dtype,
  ...(device === undefined ? {} : { device: device.name, provider: device.provider }),
});

/** How a program is run. Never changes a result. */
export interface CompileOptions {
  /**
   * May a plan of memory be kept for each set of input sizes? It saves time where sizes come again, and piles up where they do
   * not. Default: true.
   */
  readonly keepsMemoryPlans?: boolean;
  /**
   * The digest of all weights as their files hold them when it is asked, under which an engine keeps them in fewer bits; asked for only
   * then, and again once they are read.
   */
  readonly digest?: () => Promise<string>;
  /** Aborted: weights that are not yet written in another form are left, with HarnessError 'interrupted'. */
  readonly signal?: AbortSignal | undefined;
  /**
   * May it compute beside this thread, where the engine does that? Feeds are copied on the way, so a program that is fed much for
   * little work is quicker here. Default: false.
   */
  readonly beside?: boolean;
}

export interface Executable<In extends string, Out extends string> {
  /** Runs that are worth having under way at once. Default: 1. */
  readonly atOnce?: number;
  /**
   * @param outputs those to bring into JavaScript memory; default: all
   * @param into    memory that takes the values of outputs, by name. It may be the memory of an input where that input is
   *                read for nothing but entries of this output at the same place, or before any of it is written
   */
  run<Wanted extends Out = Out>(
    feeds: Readonly<Record<In, HostTensor>>,
    outputs?: readonly Wanted[],
    into?: Readonly<Partial<Record<Wanted, HostTensor>>>,
  ): Promise<Readonly<Record<Wanted, HostTensor>>>;
  dispose(): Promise<void>;
}

/** How an engine is opened; `index.ts` has that of each name below. */
export interface EngineKind {
  /** What `--engine` is given, and what an engine's own name begins with. */
  readonly name: string;
  /**
   * @param threads of one operator; null: as many as there are cores. Engines that cannot choose pass over it
   * @param dtype   in what to hold weights. An engine that does not hold them in it says so by its own `dtype`
   * @param device  where to compute. An engine that knows only the CPU says so by having no `device`
   * @param beside  whether to hold threads ready for programs that may compute beside this one (`CompileOptions.beside`)
   */
  open(threads: number | null, dtype: WeightDtype, device: DeviceChoice, beside: boolean): Promise<Engine>;
}

export const ENGINES = ['onnx', 'tfjs', 'reference'] as const;
export type EngineName = (typeof ENGINES)[number];

const ADDED: EngineKind[] = [];

/** Engines of packages. */
export const addedEngines = (): readonly EngineKind[] => ADDED;

export const engineNames = (): readonly string[] => [...ENGINES, ...ADDED.map(({ name }) => name)];

/**
 * Adds an engine, for packages that bring their own.
 *
 * @throws RangeError when its name is taken
 */
export function registerEngine(added: EngineKind): void {
  if (engineNames().includes(added.name)) throw new RangeError(`engine ${added.name} exists already`);
  ADDED.push(added);
}
