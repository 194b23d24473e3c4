/** What this machine can do, what is missing, and what to do about it. Changes nothing. */
import { accessSync, constants, statSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { dataFolders, findFile } from '../../datasets/locate.ts';
import { dataLock } from '../../datasets/lock.ts';
import type { Engine } from '../../engines/engine.ts';
import type { TfjsRuntime } from '../../engines/tfjs/runtime.ts';
import { cacheFolder } from '../../files/package-root.ts';
import { processorName, usableCores } from '../../files/processors.ts';
import { isSystemError, systemWords } from '../../files/system-error.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import type { Program } from '../../tensor/ops.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { deviceFindings, type Finding, finding } from './devices.ts';

const OLDEST_NODE = [20, 19] as const;
const GIB = 2 ** 30;

/** @returns 1 where something is broken */
export async function checkMachine(
  options: { readonly dataDir: string | null; readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const findings: Finding[] = [
    nodeFinding(process.versions.node),
    machineFinding(),
    await onnxFinding(),
    ...(await deviceFindings()),
    await tfjsFinding(),
    ...dataFindings(options.dataDir),
    folderFinding(
      'cache',
      cacheFolder(process.env),
      'made by the first download, or the first run with weights in fewer bits',
    ),
  ];
  const rows = findings.map(({ subject, state, found, advice }) => [
    state,
    subject,
    advice === null ? found : `${found}\n${advice}`,
  ]);
  print(io, options, { findings }, () => textTable(['state', 'subject', 'found'], rows, { width: io.columns }));
  return findings.some(({ state }) => state === 'broken') ? EXIT.failure : EXIT.ok;
}

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (isNew) return finding('node', 'ok', version);
  return finding('node', 'broken', version, `install Node ${OLDEST_NODE.join('.')} or newer`);
}

function machineFinding(): Finding {
  const memory = `${(totalmem() / GIB).toFixed(1)} GiB memory, ${(freemem() / GIB).toFixed(1)} free`;
  const found = `${usableCores()} cores (${processorName()}), ${memory}`;
  return finding('machine', 'ok', found);
}

/** A program that our engine compiles and runs here: the whole path from graph to number. */
const PRODUCT: Program<'a' | 'b', 'product'> = {
  name: 'doctor',
  inputs: { a: { dtype: 'float32', dims: ['N', 2] }, b: { dtype: 'float32', dims: [2, 'M'] } },
  outputs: { product: { dtype: 'float32', dims: ['N', 'M'] } },
  build: (ops, { a, b }) => ({ product: ops.matmul(a, b) }),
};

async function onnxFinding(): Promise<Finding> {
  const broken = 'run npm ci again; until then --engine tfjs works, and --engine reference, which is slow';
  return engineFinding('engine onnx', broken, async () => {
    const { onnxEngine } = await import('../../engines/onnx/engine.ts');
    return { engine: await onnxEngine(), about: [], advice: null };
  });
}

/** Also says which faster package could run instead, why it does not, and how to get it. */
async function tfjsFinding(): Promise<Finding> {
  return engineFinding('engine tfjs', 'run npm ci again; --engine onnx does not need it', async () => {
    const { tfjsEngine } = await import('../../engines/tfjs/engine.ts');
    const { loadTfjs } = await import('../../engines/tfjs/runtime.ts');
    const runtime = await loadTfjs();
    const engine = await tfjsEngine(runtime);
    return { engine, about: aboutTfjs(runtime), advice: fasterTfjs(runtime) };
  });
}

export function aboutTfjs({ backend, passedOver }: Pick<TfjsRuntime, 'backend' | 'passedOver'>): readonly string[] {
  const same =
    backend === 'wasm'
      ? 'the same bits in every batch'
      : 'the last bits may depend on the batch and the number of threads';
  return [same, ...passedOver.map(({ name, reason }) => `${name} ${reason}`)];
}

/** Where each package that was passed over runs. */
const RUNS_ON: Readonly<Record<string, string>> = {
  '@tensorflow/tfjs-node-gpu': 'Linux with an NVIDIA card and CUDA 11',
  '@tensorflow/tfjs-node': 'native code on the CPU',
};

/** The command for each faster package; null where the fastest runs. */
export function fasterTfjs({ tf, passedOver }: Pick<TfjsRuntime, 'tf' | 'passedOver'>): string | null {
  const commands = passedOver.map(({ name }) => `npm install ${name}@${tf.version_core} (${RUNS_ON[name]})`);
  return commands.length === 0 ? null : `faster, each downloads libtensorflow: ${commands.join('; ')}`;
}

interface StartedEngine {
  readonly engine: Engine;
  /** What else to say about it. */
  readonly about: readonly string[];
  readonly advice: string | null;
}

async function engineFinding(
  subject: string,
  whenBroken: string,
  start: () => Promise<StartedEngine>,
): Promise<Finding> {
  try {
    const { engine, about, advice } = await start();
    const executable = await engine.compile(PRODUCT, new Map());
    const { product } = await executable.run({
      a: { dims: [1, 2], data: Float32Array.of(2, 3) },
      b: { dims: [2, 1], data: Float32Array.of(5, 7) },
    });
    await executable.dispose();
    const works = product.data[0] === 31;
    const found = [engine.name, works ? 'computes' : `2·5 + 3·7 = ${product.data[0]}`, ...about].join('; ');
    return works
      ? finding(subject, 'ok', found, advice)
      : finding(subject, 'broken', found, 'this is a fault of the engine');
  } catch (error) {
    const found = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return finding(subject, 'broken', found, whenBroken);
  }
}

function dataFindings(dataDir: string | null): Finding[] {
  const folders = dataFolders(dataDir).map((folder, index) => folderFinding(`data folder ${index + 1}`, folder, null));
  const sources = Object.entries(dataLock().sources).filter(([, { made }]) => made === undefined);
  const here = sources.filter(([, { files }]) => files.every((file) => findFile(file, dataDir) !== null));
  const isComplete = here.length === sources.length;
  const names = here.map(([name]) => name).join(', ');
  const found = `${here.length} of ${sources.length} sources${names === '' ? '; tasks use built-in rows' : `: ${names}`}`;
  const advice = isComplete ? null : 'bench data list says how to get the others';
  return [...folders, finding('data', here.length > 0 ? 'ok' : 'missing', found, advice)];
}

export function folderFinding(subject: string, folder: string, advice: string | null): Finding {
  try {
    if (!statSync(folder).isDirectory()) return finding(subject, 'broken', `${folder} is no folder`, 'name a folder');
    accessSync(folder, constants.R_OK | constants.X_OK);
    return finding(subject, 'ok', isWritable(folder) ? folder : `${folder}, read-only: nothing is added to it`);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOENT') return finding(subject, 'missing', `${folder} does not exist`, advice);
    return finding(
      subject,
      'broken',
      `${folder}: ${systemWords(error).found}`,
      'name another folder, or mend its rights',
    );
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
