/**
 * What each dtype of weights moves: `node dist/scripts/dtype-parity.js > results/dtype-parity.md`. Log-probabilities and most likely tokens
 * against float32, of the golden checkpoints (random weights whose logits are far larger than those of trained models of their size) and of
 * the trained tiny models; answers of the trained ones; products with wide channels. Takes minutes.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../src/api.ts';
import type { Checkpoint } from '../src/checkpoints/checkpoint.ts';
import { openCheckpoint } from '../src/checkpoints/open.ts';
import { stream } from '../src/core/numbers/random.ts';
import type { WeightDtype } from '../src/engines/engine.ts';
import { onnxEngine } from '../src/engines/onnx/engine.ts';
import { loadTokenizer } from '../src/tokenizers/load.ts';
import { asSequence, errorsOf, type ForwardErrors, readIn } from './dtype-parity/forward-errors.ts';
import { wideError } from './dtype-parity/wide-channels.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DTYPES: readonly WeightDtype[] = ['bfloat16', 'int8', 'int8x2', 'int4'];
/** With their mask. */
const GOLDEN = { 'gpt2-tiny-ar': null, 'llama-tiny-ar': null, 'diffugpt-tiny': 384, 'diffullama-tiny': 211 };
const TRAINED = ['tiny-gpt2', 'tiny-diffugpt'];
const TASKS = ['stories-choice', 'pointer-chasing'];
const [SEQUENCES, LENGTH, ITEMS] = [16, 48, 200];

function randomTexts({ architecture }: Checkpoint): readonly Int32Array[] {
  return Array.from({ length: SEQUENCES }, (_, s) => {
    const random = stream(1, 'dtype-parity', s);
    return Int32Array.from({ length: LENGTH }, (_value, i) =>
      Math.floor(random.uniform(i) * architecture.vocabularyRows),
    );
  });
}

async function corpusTexts({ folder }: Checkpoint): Promise<readonly Int32Array[]> {
  const tokenizer = await loadTokenizer(folder);
  if (tokenizer === null) throw new Error(`${folder}: no tokenizer`);
  const text = readFileSync(join(ROOT, 'scripts/tiny-corpus.txt'), 'utf8').slice(0, 20_000);
  const ids = tokenizer.encode(text, { specialTokens: false });
  return Array.from({ length: SEQUENCES }, (_, s) => Int32Array.from(ids.slice(s * LENGTH, (s + 1) * LENGTH)));
}

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

/** What a score says of an item, without its sizes. */
const decision = (score: object): unknown =>
  'answer' in score && score.answer !== null ? score.answer : 'values' in score ? score.values : score;

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
    say(...(await forwardTable(trained, checkpoint, await corpusTexts(checkpoint))));
  }
  say('', 'Decisions: answers chosen, or texts that are right, of the trained models.', '');
  say('| model | task | dtype | items | decided otherwise |', '|---|---|---|---|---|', ...(await answerTable()));
  say(
    '',
    'Wide channels: 4 of 768 channels that are so many times above the others and meet weights of zero; error of the products of the',
    'others, root mean square over that of the exact ones.',
    '',
  );
  say('| dtype | 1 | 10 | 100 | 1000 |', '|---|---|---|---|---|', ...(await wideTable()));
}

await main();
