/** Writes `records.json`, the curves and the page; everything on the page is computed from the records. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { meanInterval } from '../../src/stats/clustered/estimate-items.ts';
import type { MetricsLine } from '../../src/training/training-folder.ts';
import { accuracyChart, lossChart } from './charts.ts';
import { CLAIMS, type Claim, CONTROLS, findings, overall } from './claims.ts';
import { ARMS, type Arm, RULES, type Rule, STEPS, TASKS, type TrainedModel } from './plan.ts';
import { type Miniature, type MiniatureCurve, type MiniatureRecord, meanRight } from './records.ts';

const ABOUT: Readonly<Record<Arm, string>> = {
  ar: 'autoregressive, fine-tuned from the base',
  full: 'diffusion, adapted from the base: shift and annealed attention',
  noshift: 'without the shift',
  noanneal: 'all attention open from the first step',
  neither: 'without both',
  scratch: 'diffusion from random weights, with shift, open attention',
};

/** Held-out losses of a finished model, from its metrics. */
export async function curveOf(folder: string, { task, arm, seed }: TrainedModel): Promise<MiniatureCurve> {
  const text = await readFile(join(folder, 'training', 'metrics.jsonl'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  const points = lines.flatMap((line): [number, number][] => {
    const { step, heldOut = [] } = JSON.parse(line) as MetricsLine;
    return heldOut.map(({ natsPerToken }) => [step, Number(natsPerToken.toFixed(4))]);
  });
  return { task: task.name, arm, seed, points };
}

export async function writePage(out: string, miniature: Miniature): Promise<void> {
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'records.json'), `${JSON.stringify(miniature)}\n`);
  const present = TASKS.map(({ name }) => name).filter((name) => miniature.records.some(({ task }) => task === name));
  for (const task of present) {
    await writeFile(join(out, lossFile(task)), lossChart(task, miniature));
    if (isWritten(task)) await writeFile(join(out, accuracyFile(task)), accuracyChart(task, miniature));
  }
  await writeFile(join(out, 'README.md'), page(present, miniature));
}

export function page(tasks: readonly string[], miniature: Miniature): string {
  return [
    '# The miniature reproduction',
    miniature.isComplete
      ? INTRODUCTION
      : '**A trial of the script with a few steps: nothing follows from these numbers.**',
    '## What the records say of the claims',
    verdictTable(miniature, CLAIMS),
    RULE,
    '## Controls',
    verdictTable(miniature, CONTROLS),
    ...tasks.flatMap((task) => [`## ${task}`, accuracyTable(task, miniature), ...pictures(task)]),
    '## Arms',
    ARMS.map((arm) => `- \`${arm}\`: ${ABOUT[arm]}`).join('\n'),
    'Made by `node dist/scripts/miniature/run.js`; `records.json` has the outcome of every item, and this page follows from it.',
    '',
  ].join('\n\n');
}

const INTRODUCTION = `A model of 0.7 million parameters is pre-trained, then adapted in several ways at equal budget, to see which claims of
[arXiv 2410.17891](https://arxiv.org/abs/2410.17891) can be seen at this scale. Whatever is not seen here may hold at another scale, and whatever is
seen here is seen on made tasks. All arms of a task take the same number of steps over the same rows; seeds change the order of the data, the masks and
(from scratch) the weights; the base is one and the same. \`pointer-chasing\` is written last hop first and tests the order of writing by construction;
\`pointer-chasing-forward\` is its control. It is learnt in a jump that comes sooner or later by seed, as the faint lines of its curves show: a seed that
has not jumped by the last step leaves a claim unproven, whatever the others say.`;

const RULE = `For each claim and task, two arms are compared item by item; differences are averaged over seeds. *Shown*: their mean has a
95 % interval over items on the claimed side of 0, and so is the difference of every seed. *Contradicted at this scale*: the same, on the other
side. Else *not shown*. Accuracies are those of T = 32 under the canonical sampler, in points; for stories it is nats of the last word.`;

function verdictTable(miniature: Miniature, claims: readonly Claim[]): string {
  const found = findings(miniature, claims);
  const rows = claims.flatMap(({ name }) => {
    const parts = found.filter(({ claim }) => claim === name);
    const lines = parts.map(({ task, unit, difference, bySeed, verdict }) => {
      const scale = unit === 'accuracy' ? 100 : 1;
      const number = (value: number) => (value * scale).toFixed(unit === 'accuracy' ? 1 : 3);
      const interval = `${number(difference.value)} [${number(difference.low)}, ${number(difference.high)}]`;
      return ['', task, interval, bySeed.map(number).join(', '), verdict];
    });
    return [[`**${name}**`, '', '', '', `**${overall(parts)}**`], ...lines];
  });
  return table(['Claim', 'Task', 'Difference [95 %]', 'By seed', 'Verdict'], rows);
}

/** Likelihood tasks are asked once, not for each T. */
const isWritten = (task: string): boolean => TASKS.some(({ name, isWritten }) => name === task && isWritten);
const lossFile = (task: string): string => `${task}-loss.png`;
const accuracyFile = (task: string): string => `${task}-accuracy.png`;

const pictures = (task: string): readonly string[] => [
  ...(isWritten(task) ? [`![right answers over T](${accuracyFile(task)})`] : []),
  `![held-out loss](${lossFile(task)})`,
];

function accuracyTable(task: string, { records }: Miniature): string {
  const rows = ARMS.flatMap((arm) => RULES.flatMap((rule) => accuracyRow(records, task, arm, rule) ?? []));
  return table(['Arm', 'Sampler', ...STEPS.map((steps) => `T = ${steps}`)], rows);
}

/** Percent over seeds and items, ± half a 95 % interval over the seeds' means; null where there is nothing. */
function accuracyRow(records: readonly MiniatureRecord[], task: string, arm: Arm, rule: Rule): string[][] | null {
  const found = records.filter((record) => record.task === task && record.arm === arm && record.rule === rule);
  const [first] = found;
  if (first === undefined) return null;
  const cell = (steps: number): string => {
    if (first.right[arm === 'ar' ? '0' : String(steps)] === undefined) return '';
    const means = found.map((record) => 100 * meanRight(record, steps));
    const { value, high } = meanInterval(means);
    return means.length < 2 ? value.toFixed(1) : `${value.toFixed(1)} ± ${(high - value).toFixed(1)}`;
  };
  const cells = arm === 'ar' ? [cell(32), ...STEPS.slice(1).map(() => '')] : STEPS.map(cell);
  const sampler = arm === 'ar' ? 'left to right' : first.nats !== undefined ? 'likelihood' : rule;
  return [[`\`${arm}\``, sampler, ...cells]];
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
