/**
 * What samplers buy on the trained tiny checkpoint: accuracy against forward passes, by sampler and setting, each held by item against the
 * default one at equal cost; written as Markdown. node dist/scripts/compare-samplers.js [--limit N] [--runs DIR] [--out FILE]
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sweep } from '../src/api.ts';
import type { SamplerFrontier } from '../src/report/charts/sampler-frontier.ts';
import { FRONTIER_HEAD, frontierCells } from '../src/report/terminal/frontier-table.ts';

const TASKS = ['pointer-chasing', 'word-problems'];
const THRESHOLDS = [0.3, 0.5, 0.7, 0.9, 0.99];
const SAMPLERS = [
  'confidence',
  ...THRESHOLDS.map((threshold) => `threshold:threshold=${threshold}`),
  ...['dynamic', 'entropy', 'margin', 'random-keep', 'left-to-right', 'block:block=4'],
];
const STEPS = [1, 2, 4, 8, 32];

const { values } = parseArgs({
  options: {
    limit: { type: 'string', default: '250' },
    runs: { type: 'string' },
    out: { type: 'string', default: 'results/samplers.md' },
  },
});
const limit = Number(values.limit);
const document = await sweep({
  models: ['tiny-diffugpt'],
  tasks: TASKS,
  sampler: SAMPLERS,
  steps: STEPS,
  limit,
  out: values.runs ?? mkdtempSync(join(tmpdir(), 'bench-samplers-')),
});
writeFileSync(values.out, page(document.frontiers));

function page(frontiers: readonly SamplerFrontier[]): string {
  return `# Samplers on the trained tiny checkpoint

\`node dist/scripts/compare-samplers.js --limit ${limit}\`: \`tiny-diffugpt\` (0.7 million parameters) on the first ${limit} items of two tasks that it was trained for, canonical form, the most likely
tokens. Nothing here depends on time: the same command writes the same table. "Default" is \`confidence\`. \\* no other point has as few passes and as high a value. *At equal cost*: less the default at the
same mean number of passes (between two of its T, a text by either in the proportion that costs as much); *to its largest*: less the default with its most passes; points, paired by item, 95 % intervals.

${frontiers.map(section).join('\n\n')}
`;
}

function section({ task, metric, points }: SamplerFrontier): string {
  const rows = points.map((point) => frontierCells(metric, point).map((cell) => cell.replace(' *', ' \\*')));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const best = fewestWithoutLoss(points);
  return [
    `## ${task}, ${metric}`,
    '',
    best,
    '',
    line(FRONTIER_HEAD),
    line(FRONTIER_HEAD.map(() => '---')),
    ...rows.map(line),
  ].join('\n');
}

/** The cheapest threshold whose value is not below the default's at its most passes. */
function fewestWithoutLoss(points: SamplerFrontier['points']): string {
  const largest = points.filter(({ sampler }) => sampler === 'default').at(-1);
  const [least] = points
    .filter(({ sampler, toLargest }) => sampler.startsWith('threshold') && (toLargest?.value ?? -1) >= 0)
    .sort((a, b) => a.passes - b.passes);
  if (largest === undefined || least === undefined)
    return 'No threshold reaches what the default does with its most passes.';
  const times = (largest.passes / least.passes).toFixed(1);
  return `\`${least.sampler}\` takes ${least.passes.toFixed(1)} passes a text for what the default reaches with ${largest.passes.toFixed(1)}: ${times} times fewer. It is the cheapest of ${THRESHOLDS.length} thresholds, chosen with these results in view: its own interval is in the table.`;
}
