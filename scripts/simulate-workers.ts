/**
 * How throughput and stalls grow with the number of workers, up to a thousand and beyond: `node dist/scripts/simulate-workers.js
 * [--collector 3] [--redis 0.5]` writes results/queue-scale.md. Nothing is computed and nothing waits: the clock is virtual. The two
 * numbers are milliseconds for a unit, as `bench-queue.js` measures them. Takes less than a minute.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/files/package-root.ts';
import { type Setting, type Simulated, simulateRun } from './queue/simulated-run.ts';

const { values } = parseArgs({
  options: { collector: { type: 'string', default: '3' }, redis: { type: 'string', default: '0.5' } },
});
const cost = { collector: Number(values.collector) / 1000, redis: Number(values.redis) / 1000 };
const WORKERS = [1, 10, 100, 300, 1000, 2000];
const COMMON = { duration: 600, lock: 30, seed: 17, cost } as const;

interface Scene {
  readonly title: string;
  readonly about: string;
  readonly setting: Pick<Setting, 'item' | 'life'>;
}

const SCENES: readonly Scene[] = [
  {
    title: 'Nobody dies, a quarter of a second an item',
    about:
      'What is lost is lost to loading the model (20 s of ten minutes), to handing out, and to waiting for the last units.',
    setting: { item: 0.25, life: Number.POSITIVE_INFINITY },
  },
  {
    title: 'A worker lives for half an hour on average, and another comes a minute later',
    about: 'As on nodes that are taken away. A unit is lost with its worker, and found 30 to 45 s later.',
    setting: { item: 0.25, life: 1800 },
  },
  {
    title: 'Nobody dies, 20 s an item',
    about: 'As for long texts by a large model: a unit is one item or two.',
    setting: { item: 20, life: Number.POSITIVE_INFINITY },
  },
];

const tables = SCENES.map(({ title, about, setting }) => {
  const rows = WORKERS.map((workers) => row(workers, simulateRun({ ...COMMON, ...setting, workers })));
  return `## ${title}

${about}

| workers | items/s | of what they could | units | units/s | items a unit, median | longest unit, s | went to another | for a worker and hour | collector busy | Redis busy |
|---|---|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
});
writeFileSync(
  join(packageRoot(), 'results/queue-scale.md'),
  `# Workers by the thousand, simulated

\`node dist/scripts/simulate-workers.js --collector ${values.collector} --redis ${values.redis}\`: ten minutes of work for each worker, under a virtual clock. The collector cuts units by its own code
(\`UnitDesk\`); it takes ${values.collector} ms for a unit and Redis ${values.redis} ms, one after the other. Workers are up to twice as fast as others; locks last 30 s.

${tables.join('\n')}`,
);

function row(workers: number, run: Simulated): string {
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  const rates = [
    run.itemsPerSecond.toPrecision(4),
    share(run.efficiency),
    run.units,
    (run.units / run.seconds).toFixed(1),
  ];
  const stalls = [run.stalled, ((3600 * run.stalled) / (workers * run.seconds)).toFixed(2)];
  const busy = [share(run.busy.collector), share(run.busy.redis)];
  return `| ${[workers, ...rates, run.unitItems, run.longest.toFixed(1), ...stalls, ...busy].join(' | ')} |`;
}
