/**
 * Parity and speed of a device against the CPU, as a table with the names of the machine's adapters:
 *
 *     node dist/scripts/device-parity.js --device webgpu [--shape none|gpt2-tiny|gpt2-small|llama-1b] [--items 100] > results/device-parity-webgpu.md
 *
 * Golden checkpoints read random tokens, `tiny-*` a text of their kind; decisions are those of two tasks with built-in rows. Speed is that of a
 * random checkpoint of the shape, in one process, CPU and device in turn. Needs no network. `scripts/gpu-check.sh` runs it for every device.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from '../src/api.ts';
import { openCheckpoint } from '../src/checkpoints/open.ts';
import { HarnessError } from '../src/core/errors.ts';
import { DEVICES, type DeviceName, type WeightDtype } from '../src/engines/engine.ts';
import { adaptersOf } from '../src/engines/onnx/device/adapters.ts';
import { DEVICE_DTYPES } from '../src/engines/onnx/device/device.ts';
import { onnxEngine } from '../src/engines/onnx/engine.ts';
import { speedLines } from './device-parity/speed.ts';
import { asSequence, errorsOf, readIn } from './dtype-parity/forward-errors.ts';
import { corpusTexts, decision, GOLDEN, randomTexts } from './dtype-parity/texts.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TRAINED = ['tiny-gpt2', 'tiny-diffugpt'];
const TASKS = ['stories-choice', 'pointer-chasing'];

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'webgpu' },
    shape: { type: 'string', default: 'gpt2-small' },
    items: { type: 'string', default: '100' },
  },
});

/** The dtypes that the device computes in; what it refuses is said. */
async function dtypesOf(device: DeviceName): Promise<readonly WeightDtype[]> {
  const found: WeightDtype[] = [];
  for (const dtype of DEVICE_DTYPES) {
    try {
      await onnxEngine({ device, dtype });
      found.push(dtype);
    } catch (error) {
      if (!(error instanceof HarnessError) || dtype === 'float32') throw error;
      say(`${error.message}.`, '');
    }
  }
  return found;
}

async function logprobTable(device: DeviceName, dtypes: readonly WeightDtype[]): Promise<void> {
  say('| model | dtype | tokens | off, mean | off, most | other most likely token |', '|---|---|---|---|---|---|');
  const golden = Object.entries(GOLDEN).map(async ([name, maskId]) => {
    const overrides = maskId === null ? {} : ({ family: 'diffusion', maskId, shift: true } as const);
    const checkpoint = await openCheckpoint(join(ROOT, 'test/golden/data', name), overrides);
    return { name, checkpoint, texts: randomTexts(checkpoint) };
  });
  const trained = TRAINED.map(async (name) => {
    const checkpoint = await openCheckpoint(join(ROOT, 'models', name));
    return { name, checkpoint, texts: await corpusTexts(checkpoint, ROOT) };
  });
  for (const { name, checkpoint, texts } of await Promise.all([...golden, ...trained])) {
    const sequences = texts.map((ids) => asSequence(ids, checkpoint));
    const exact = await readIn('float32', checkpoint, sequences);
    for (const dtype of dtypes) {
      const { tokens, mean, most, otherBest } = errorsOf(await readIn(dtype, checkpoint, sequences, device), exact);
      say(`| ${name} | ${dtype} | ${tokens} | ${mean.toExponential(1)} | ${most.toExponential(1)} | ${otherBest} |`);
    }
  }
}

async function answersOn(device: DeviceName, dtype: WeightDtype): Promise<ReadonlyMap<string, string>> {
  const out = await mkdtemp(join(tmpdir(), 'device-parity-'));
  const models = TRAINED.map((name) => join(ROOT, 'models', name));
  const runs = await run({ models, tasks: TASKS, limit: Number(values.items), device, dtype, out });
  await rm(out, { recursive: true });
  const answers = runs.flatMap(({ manifest: { model, task }, records }) =>
    records.map(({ id, score }): [string, string] => [
      `${model.name} ${task.name} ${id}`,
      JSON.stringify(decision(score)),
    ]),
  );
  return new Map(answers);
}

async function decisionTable(device: DeviceName, dtypes: readonly WeightDtype[]): Promise<void> {
  const exact = await answersOn('cpu', 'float32');
  say('', '| dtype | items | decided otherwise |', '|---|---|---|');
  for (const dtype of dtypes) {
    const found = await answersOn(device, dtype);
    const others = [...exact].filter(([key, answer]) => found.get(key) !== answer).length;
    say(`| ${dtype} | ${exact.size} | ${others} |`);
  }
}

function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function main(): Promise<void> {
  const device = DEVICES.find((each) => each === values.device);
  if (device === undefined) throw new HarnessError('bad-arguments', `--device: expected one of ${DEVICES.join(', ')}`);
  const { name, device: opened } = await onnxEngine({ device });
  say(
    `# ${device} against the CPU`,
    '',
    `\`node dist/scripts/device-parity.js ${process.argv.slice(2).join(' ')}\` with ${name}`,
  );
  say(
    `(${opened?.provider}). Adapters: ${adaptersOf()
      .map((each) => each.name)
      .join(', ')}. Processor: ${cpus()[0]?.model.trim()}.`,
    '',
  );
  const dtypes = await dtypesOf(device);
  say('Log-probabilities in nats, against float32 on the CPU.', '');
  await logprobTable(device, dtypes);
  await decisionTable(device, dtypes);
  if (values.shape === 'none') return;
  say('', `Speed: ${values.shape} shape, random weights, passes over 8 sequences of 128 tokens.`, '');
  say(...(await speedLines(values.shape, device, dtypes)));
}

await main();
