/**
 * How close every golden checkpoint comes to the numbers of its independent reference, on both engines:
 *
 *     node dist/scripts/check-formats.js ../shared results/formats.md
 *
 * A table: file, architecture, what is compared, how many values, worst difference. Logits and scores of all tokens at the positions
 * that the reference gives; log-probabilities of the next token where a file's README gives those. Exit code 1 where a
 * difference exceeds 1e-4 (onnx) or 1e-5 (reference).
 */
import { ownDiffusion } from '../src/architectures/index.ts';
import { openModel } from '../src/checkpoints/open.ts';
import { HarnessError } from '../src/core/errors.ts';
import type { Engine } from '../src/engines/engine.ts';
import { onnxEngine } from '../src/engines/onnx/engine.ts';
import { referenceEngine } from '../src/engines/reference.ts';
import { replaceFile } from '../src/files/draft.ts';
import { packSequences } from '../src/lm/forward/forward.ts';
import { type AttentionPattern, countingPositions } from '../src/lm/forward/sequence.ts';
import { logitsProgram } from '../src/programs/readout.ts';
import { type ExpectedRow, type GoldenCase, goldenCases } from './check-formats/golden-cases.ts';

const ENGINES = [
  { name: 'onnx', engine: await onnxEngine({ threads: 1 }), tolerance: 1e-4 },
  { name: 'reference', engine: referenceEngine(), tolerance: 1e-5 },
];

const [shared = '../shared', out] = process.argv.slice(2);
const lines: string[] = [];
let isWithin = true;
for (const each of goldenCases(shared)) {
  const line = await lineOf(each).catch((error: unknown) => {
    if (!(error instanceof HarnessError) || error.code !== 'not-supported') throw error;
    return `| ${each.name} | | refused: ${error.message.replace(/^.*?: /, '')} | | | |`;
  });
  lines.push(line);
  process.stderr.write(`${line}\n`);
}
const text = [
  '# Checkpoints against independent references',
  '',
  'Worst difference from the golden numbers, on both engines: `node dist/scripts/check-formats.js ../shared results/formats.md`.',
  '',
  `| checkpoint | architecture | compared | values | ${ENGINES.map(({ name }) => name).join(' | ')} |`,
  '|---|---|---|---|---|---|',
  ...lines,
  '',
  `${lines.length} checkpoints. Tolerances: ${ENGINES.map(({ name, tolerance }) => `${name} ${tolerance}`).join(', ')}; ${isWithin ? 'all are within' : 'NOT all are within'}.`,
  '',
].join('\n');
if (out === undefined) process.stdout.write(text);
else await replaceFile(out, text);
if (!isWithin) process.exitCode = 1;

async function lineOf(each: GoldenCase): Promise<string> {
  const worst: string[] = [];
  for (const { engine, tolerance } of ENGINES) {
    const difference = await worstDifference(each, engine);
    isWithin &&= difference < tolerance;
    worst.push(difference.toExponential(1));
  }
  const { architecture } = await openModel(each.path, each.overrides);
  const values = each.rows.reduce((sum, { outputs }) => sum + outputs.reduce((total, row) => total + row.length, 0), 0);
  const what = [...new Set(each.rows.map(({ kind }) => kind))].join(', ');
  return `| ${each.name} | ${architecture.kind} | ${what} | ${values.toLocaleString('en')} | ${worst.join(' | ')} |`;
}

async function worstDifference({ path, overrides, rows }: GoldenCase, engine: Engine): Promise<number> {
  const { architecture, tensors, options } = await openModel(path, overrides);
  const logits = await engine.compile(logitsProgram(architecture), tensors);
  const own = ownDiffusion(architecture);
  const blocks = options.blockLength ?? own?.blockLength;
  let worst = 0;
  for (const row of rows) {
    const attention: AttentionPattern =
      blocks === undefined || row.attention === 'causal' ? { kind: row.attention } : { kind: 'blocks', length: blocks };
    const ids = Int32Array.from(row.ids);
    const reads = row.positions.map((position) => ({ row: position, target: 0 }));
    const told = row.sigma === null ? {} : { sigma: row.sigma };
    const sequence = { ids, positions: countingPositions(ids.length), attention, reads, ...told };
    const { logits: found } = await logits.run(packSequences(architecture, [sequence]));
    const width = architecture.vocabularyRows;
    row.positions.forEach((position, i) => {
      const values = [...found.data.subarray(i * width, (i + 1) * width)];
      worst = Math.max(worst, differenceOf(values, row, i, position, own?.logScoreOffset?.(row.sigma ?? 0) ?? 0));
    });
  }
  await logits.dispose();
  return worst;
}

function differenceOf(found: readonly number[], row: ExpectedRow, i: number, position: number, offset: number): number {
  const expected = row.outputs[i] ?? [];
  if (row.kind === 'log-probabilities') {
    const target = row.ids[position + 1] as number;
    return Math.abs((found[target] as number) - logSumExp(found) - (expected[0] as number));
  }
  // A token is as likely as itself: its score is 1.
  const outputs = found.map((value, token) =>
    row.kind === 'log-scores' && token === row.ids[position] ? 0 : value + offset,
  );
  return Math.max(...expected.map((want, token) => Math.abs((outputs[token] as number) - want)));
}

function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
