/**
 * What each dtype of weights moves: `node dist/scripts/dtype-parity.js > results/dtype-parity.md`. Log-probabilities and most likely tokens
 * against float32, of the golden checkpoints (random weights whose logits are far larger than those of trained models of their size) and of
 * the trained tiny models; answers of the trained ones; products with wide channels. Takes minutes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../src/api.ts';
import type { Checkpoint } from '../src/checkpoints/checkpoint.ts';
import { openCheckpoint } from '../src/checkpoints/open.ts';
import type { WeightDtype } from '../src/engines/engine.ts';
import { onnxEngine } from '../src/engines/onnx/engine.ts';
import { asSequence, errorsOf, type ForwardErrors, readIn } from './dtype-parity/forward-errors.ts';
import { corpusTexts, decision, GOLDEN, randomTexts } from './dtype-parity/texts.ts';
import { wideError } from './dtype-parity/wide-channels.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DTYPES: readonly WeightDtype[] = ['bfloat16', 'int8', 'int8x2', 'int4'];
const TRAINED = ['tiny-gpt2', 'tiny-diffugpt'];
const TASKS = ['stories-choice', 'pointer-chasing'];
const ITEMS = 200;

async function forwardTable(name: string, checkpoint: Checkpoint, texts: readonly Int32Array[]): Promise<string[]> {
  const sequences = texts.map((ids) => asSequence(ids, checkpoint));
  const exact = await readIn('float32', checkpoint, sequences);
  const lines: string[] = [];
  for (const dtype of DTYPES)
    lines.push(line(name, dtype, errorsOf(await readIn(dtype, checkpoint, sequences), exact)));
  return lines;
}

const line = (name: string, dtype: string, { tokens, mean, most, otherBest }: ForwardErrors): string =>
  `| ${name} | ${dtype} | ${tokens} | ${mean.toExponential(1)} | ${most.toExponential(1)} | ${otherBest} |`;

/** Answers in each dtype, by model, task and item. */
async function answersIn(dtype: WeightDtype): Promise<ReadonlyMap<string, string>> {
  const out = await mkdtemp(join(tmpdir(), 'dtype-parity-'));
  const runs = await run({ models: TRAINED, tasks: TASKS, limit: ITEMS, dtype, out });
  await rm(out, { recursive: true });
  return new Map(
    runs.flatMap(({ manifest, records }) =>
      records.map(({ id, score }) => [
        `${manifest.model.name} | ${manifest.task.name} | ${id}`,
        JSON.stringify(decision(score)),
      ]),
    ),
  );
}

async function answerTable(): Promise<string[]> {
  const exact = await answersIn('float32');
  const lines: string[] = [];
  for (const dtype of DTYPES) {
    const found = await answersIn(dtype);
    for (const group of new Set([...exact.keys()].map((key) => key.split(' | ').slice(0, 2).join(' | ')))) {
      const keys = [...exact.keys()].filter((key) => key.startsWith(`${group} | `));
      const others = keys.filter((key) => found.get(key) !== exact.get(key)).length;
      lines.push(`| ${group} | ${dtype} | ${keys.length} | ${others} |`);
    }
  }
  return lines;
}

async function wideTable(): Promise<string[]> {
  const lines: string[] = [];
  for (const dtype of DTYPES) {
    const errors: string[] = [];
    for (const times of [1, 10, 100, 1000]) errors.push((await wideError(dtype, times)).others.toExponential(1));
    lines.push(`| ${dtype} | ${errors.join(' | ')} |`);
  }
  return lines;
}

async function main(): Promise<void> {
  const say = (...lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
  const { name } = await onnxEngine();
  say(
    '# What weights in fewer bits move',
    '',
    `\`node dist/scripts/dtype-parity.js\` with ${name}, against float32.`,
    '',
  );
  say(
    'Log-probabilities in nats. The golden checkpoints have random weights and logits far larger than those of trained models of their',
    'size, over which errors grow; `tiny-*` are trained, and read a text of their kind.',
    '',
  );
  say('| model | dtype | tokens | off, mean | off, most | other most likely token |', '|---|---|---|---|---|---|');
  for (const [golden, maskId] of Object.entries(GOLDEN)) {
    const overrides = maskId === null ? {} : ({ family: 'diffusion', maskId, shift: true } as const);
    const checkpoint = await openCheckpoint(join(ROOT, 'test/golden/data', golden), overrides);
    say(...(await forwardTable(golden, checkpoint, randomTexts(checkpoint))));
  }
  for (const trained of TRAINED) {
    const checkpoint = await openCheckpoint(join(ROOT, 'models', trained));
    say(...(await forwardTable(trained, checkpoint, await corpusTexts(checkpoint, ROOT))));
  }
  say('', 'Decisions: answers chosen, or texts that are right, of the trained models.', '');
  say('| model | task | dtype | items | decided otherwise |', '|---|---|---|---|---|', ...(await answerTable()));
  say(
    '',
    'Wide channels: 4 of 768 channels that are so many times above the others and meet weights of zero; error of the products of the',
    'others, root mean square over that of the exact ones. From 100 times on such rows are wide to `int8`: their activations count with 16 bits,',
    'against weights of 8 bits, so that the error is nearly that of the weights and the products are not exact. No other dtype treats such rows',
    'apart, and no row falls back to float32.',
    '',
  );
  say('| dtype | 1 | 10 | 100 | 1000 |', '|---|---|---|---|---|', ...(await wideTable()));
}

await main();
