/**
 * How often verdicts err on items that share a problem: `node dist/scripts/simulate-clusters.js [SAMPLES [DATA]]` (default: 10000) writes
 * results/cluster-simulation.md, in some ten minutes. The numbers of items a problem are committed; with DATA, a folder with the
 * four files of HumanEval infilling, they are counted there anew and must agree.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../src/files/package-root.ts';
import { simulateCell, simulateWholeProblems } from './simulate-clusters/simulate-cell.ts';
import { simulationMarkdown } from './simulate-clusters/table.ts';

const FILES = {
  'single-line': 'HumanEval-SingleLineInfilling.jsonl.gz',
  'multi-line': 'HumanEval-MultiLineInfilling.jsonl.gz',
  'random-span': 'HumanEval-RandomSpanInfilling.jsonl.gz',
  'random-span-light': 'HumanEval-RandomSpanInfillingLight.jsonl.gz',
} as const;
type SetName = keyof typeof FILES;
const SETS = Object.keys(FILES) as readonly SetName[];

const BASES = [0.3, 0.9];
const APART = [0, 0.5, 1, 2];
const CHURN = [0, 0.01, 0.05];
const SEED = 22;

const [samples = '10000', data] = process.argv.slice(2);
const repetitions = Number(samples);
const committed = readSizes();
if (data !== undefined) requireSame(data);

const cells = SETS.flatMap((set, i) =>
  BASES.flatMap((base, j) =>
    APART.map((apart, k) => {
      const seed = SEED + 1000 * i + 100 * j + 10 * k;
      return { set, base, apart, cell: simulateCell({ sizes: committed[set], base, apart, repetitions, seed }) };
    }),
  ),
);
const lost = SETS.flatMap((set) =>
  CHURN.map((churn) => ({
    set,
    churn,
    shares: simulateWholeProblems({ sizes: committed[set], churn, repetitions, seed: SEED }),
  })),
);
writeFileSync(join(packageRoot(), 'results/cluster-simulation.md'), simulationMarkdown(cells, lost, repetitions));

function readSizes(): Readonly<Record<SetName, readonly number[]>> {
  return JSON.parse(readFileSync(join(packageRoot(), 'scripts/simulate-clusters/cluster-sizes.json'), 'utf8'));
}

function requireSame(folder: string): void {
  for (const set of SETS) {
    const counts = countProblems(gunzipSync(readFileSync(join(folder, FILES[set]))).toString());
    if (counts.join() !== committed[set].join()) {
      throw new RangeError(`${set}: the rows of ${folder} are not those whose numbers are committed`);
    }
  }
}

/** Rows of each problem, in order of first appearance. */
function countProblems(lines: string): readonly number[] {
  const counts = new Map<string, number>();
  for (const [problem] of lines.matchAll(/(?<="task_id": "\w+\/)HumanEval\/\d+(?=\/)/g)) {
    counts.set(problem, (counts.get(problem) ?? 0) + 1);
  }
  return [...counts.values()];
}
