/** Which kernels of a device compute as they are defined: those that do not are not used. */
import { HarnessError } from '../../../core/errors.ts';
import type { HostTensor, Program, Weights } from '../../../tensor/ops.ts';
import type { Executable } from '../../engine.ts';
import { referenceEngine } from '../../reference.ts';
import { type Dialect, KERNELS, type Kernel } from '../dialect.ts';
import { GUARDABLE, KERNEL_PROBES, OPERATIONS, type ProbeProgram } from './probe-programs.ts';

/** Compiles a program in a dialect, on the device. */
export type CompileIn = (dialect: Dialect, program: Program<string, string>) => Promise<Executable<string, string>>;

export interface Probed {
  readonly dialect: Dialect;
  /** Why a kernel is not used, such as `hides NaN`. */
  readonly spelledOut: ReadonlyMap<Kernel, string>;
  /** What the device has wrong that nothing stands in for; null: it may be used. */
  readonly fault: string | null;
}

const NO_WEIGHTS: Weights = new Map();
const BARE: Dialect = { kernels: new Set(), guarded: new Set(), castsIntegers: false };

/** Of entries of size about 1, in float32 and sums of up to 385 terms: TF32, with its 10 bits, is off by more. */
const TOLERANCE = 1e-4;

/** @throws HarnessError where not even single operations run */
export async function probeDevice(compileIn: CompileIn): Promise<Probed> {
  const operations = await differences(OPERATIONS, BARE, compileIn);
  const guarded = new Set<string>(GUARDABLE.filter((name) => operations.get(name) === HIDES_NAN));
  let dialect: Dialect = { ...BARE, guarded };
  const spelledOut = new Map<Kernel, string>();
  let fault = await operationFault(operations, dialect, compileIn);
  for (const kernel of KERNELS) {
    if (fault !== null) break;
    const used: Dialect = { ...dialect, kernels: new Set([...dialect.kernels, kernel]) };
    const found = await kernelFault(KERNEL_PROBES[kernel], used, compileIn);
    if (found === null) dialect = used;
    else {
      spelledOut.set(kernel, found);
      const plain = await kernelFault(KERNEL_PROBES[kernel].slice(0, 1), dialect, compileIn);
      if (plain !== null) fault = `${kernel}, spelled out, ${plain}`;
    }
  }
  return { dialect, spelledOut, fault };
}

/** The first operation that is wrong although it is guarded. */
async function operationFault(
  operations: ReadonlyMap<string, string>,
  dialect: Dialect,
  compileIn: CompileIn,
): Promise<string | null> {
  const open = [...operations].filter(([name]) => !dialect.guarded.has(name));
  const guarded = dialect.guarded.size === 0 ? [] : await differences(OPERATIONS, dialect, compileIn);
  const [wrong] = [...open, ...guarded];
  return wrong === undefined ? null : wrong.join(' ');
}

async function kernelFault(
  probes: readonly ProbeProgram[],
  dialect: Dialect,
  compileIn: CompileIn,
): Promise<string | null> {
  try {
    for (const each of probes) {
      const [found] = (await differences(each, dialect, compileIn)).values();
      if (found !== undefined) return found;
    }
    return null;
  } catch (error) {
    if (error instanceof HarnessError)
      return error.message.includes('expected a kernel') ? 'has no kernel' : 'does not run';
    throw error;
  }
}

const HIDES_NAN = 'hides NaN';

/** What is wrong with each output that is. */
async function differences(
  { program, feeds }: ProbeProgram,
  dialect: Dialect,
  compileIn: CompileIn,
): Promise<ReadonlyMap<string, string>> {
  const expected = await runOnce(await referenceEngine().compile(program, NO_WEIGHTS), feeds);
  const found = await runOnce(await compileIn(dialect, program), feeds);
  const wrong = Object.keys(expected).flatMap((name): [string, string][] => {
    const text = differenceOf(found[name] as HostTensor, expected[name] as HostTensor);
    return text === null ? [] : [[name, text]];
  });
  return new Map(wrong);
}

async function runOnce(executable: Executable<string, string>, feeds: Readonly<Record<string, HostTensor>>) {
  try {
    return await executable.run(feeds);
  } finally {
    await executable.dispose();
  }
}

function differenceOf({ data: found }: HostTensor, { data: expected }: HostTensor): string | null {
  let most = 0;
  for (const [i, value] of expected.entries()) {
    const got = found[i] as number;
    if (Number.isNaN(value)) {
      if (!Number.isNaN(got)) return HIDES_NAN;
    } else {
      const off = Math.abs(got - value) / Math.max(1, Math.abs(value));
      most = Math.max(most, Number.isNaN(off) ? Number.POSITIVE_INFINITY : off);
    }
  }
  return most <= TOLERANCE ? null : `is off by ${most.toExponential(0)}`;
}
