/**
 * Breaks runs whose units workers compute, in every way that one machine can, and holds what is stored against a local run: the same
 * bytes, so that no item is lost and none is there twice.
 *
 *     node dist/scripts/break-queue.js [--share 1] [--only WORD] [--seed 17] [--out results/queue-faults.md]
 *
 * `--share 0.1`: a tenth as often. Needs redis-server. Takes some twenty minutes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/files/package-root.ts';
import { FAULTS, type Fault } from './queue/faults.ts';
import { Stage } from './queue/stage.ts';

const { values } = parseArgs({
  options: {
    share: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '17' },
    out: { type: 'string', default: 'results/queue-faults.md' },
  },
});

/** So many steps T make the units small. */
const SMALL = 'run --models random-diffugpt --tasks siqa,piqa --fixtures --passes 63 --steps 5000'.split(' ');
/** The first command of README. */
const README = 'run --models tiny-gpt2,tiny-diffugpt'.split(' ');

interface Row {
  readonly name: string;
  readonly times: number;
  readonly seen: string;
  readonly stage: Pick<Stage, 'compared' | 'stalled' | 'notReproduced' | 'differences'>;
}

const folder = mkdtempSync(join(tmpdir(), 'bench-queue-faults-'));
const rows: Row[] = [];
const chosen = FAULTS.filter(({ name }) => name.includes(values.only));
if (chosen.length === 0 && values.only !== 'README') {
  const names = FAULTS.map(({ name }) => name).join('; ');
  throw new Error(`--only: expected README or a word of these, found ${values.only}: ${names}`);
}
for (const { name, times, happens } of chosen) {
  await tried(name, SMALL, Math.max(1, Math.round(times * Number(values.share))), happens);
}
if (values.only === '' || values.only === 'README') {
  await tried('none: the first command of README, with two workers', README, 1, withTwoWorkers);
}
rmSync(folder, { recursive: true });
process.exitCode = rows.some(({ stage }) => stage.differences.length + stage.notReproduced > 0) ? 1 : 0;

async function tried(name: string, words: readonly string[], times: number, happens: Fault['happens']): Promise<void> {
  const stage = await Stage.set(join(folder, String(rows.length)), words, Number(values.seed));
  const started = performance.now();
  const seen = await happens(stage, times);
  await stage.clear('end');
  await stage.redis.kill();
  console.error(
    `${name}: ${times}, ${Math.round((performance.now() - started) / 1000)} s, ${stage.differences.length} differences`,
  );
  for (const each of stage.differences) console.error(each);
  rows.push({ name, times, seen, stage });
  writeFileSync(resolve(packageRoot(), values.out), table(rows));
}

async function withTwoWorkers(stage: Stage): Promise<string> {
  stage.worker();
  stage.worker();
  await stage.whole('readme', stage.collect('readme'));
  return `\`bench ${README.join(' ')}\``;
}

function table(all: readonly Row[]): string {
  const lines = all.map(
    ({ name, times, seen, stage }) =>
      `| ${[name, times, stage.compared, stage.differences.length, stage.stalled, stage.notReproduced, seen].join(' | ')} |`,
  );
  const failures = all.flatMap(({ stage }) => stage.differences);
  return `# A queue, broken

\`node dist/scripts/break-queue.js --share ${values.share} --seed ${values.seed}\`, over loopback. Each fault happens so often while two or three workers compute \`bench ${SMALL.join(' ')}\` (units of one or two items, locks of
4 s). Every run that was finished is held against the local one, byte by byte (manifest, records, questions, summary): a lost, doubled or other item would be a
difference. A unit that goes to another worker is computed twice where the first one lives; what both hand in is compared.

| fault | times | runs compared | differences | units that went to another worker | not reproduced | seen |
|---|---|---|---|---|---|---|
${lines.join('\n')}
${failures.length === 0 ? '' : `\n${failures.map((each) => `- ${each}\n`).join('')}`}`;
}
