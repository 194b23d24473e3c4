/**
 * What the published answers are worth by each metric of the tasks whose answers are written: where they do not reach its best
 * value, the task must say what they reach (`floors`). Programs are run by `scripts/check-humaneval-golds.ts` instead.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ProtocolName } from '../../src/core/names.ts';
import type { TaskPlugin } from '../../src/core/task.ts';
import { loadTask } from '../../src/datasets/load-task.ts';
import { directionOf } from '../../src/metrics/metric-spec.ts';
import { TASKS, WRITING_TASKS } from '../../tasks/index.ts';
import { wrote } from '../kit/answers.ts';

const dataDir = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const skipped = existsSync(dataDir) ? '' : ' (skipped: no data folder beside the repository)';
const LONG = 60_000;

interface Reached {
  sum: number;
  of: number;
}

/** By metric: sum over the items that have one, and their number. */
async function reachedBy(task: TaskPlugin, protocol: ProtocolName): Promise<ReadonlyMap<string, Reached>> {
  const template = task.protocols[protocol];
  if (template === undefined) throw new RangeError(protocol);
  const { rows } = await loadTask(task, { dataDir, allowFixtures: false });
  const reached = new Map<string, Reached>();
  for (const row of rows) {
    const question = template.question(row);
    if (question.kind !== 'write') throw new TypeError(question.kind);
    const response = wrote(question, 'autoregressive', () => question.answers[0] as string);
    const context = { family: 'autoregressive', protocol, headline: 'sum' } as const;
    const score = await task.score(question, response, context);
    if (score.kind !== 'scored') throw new TypeError(`${task.name}: ${score.reason}`);
    for (const [metric, value] of Object.entries(score.values)) {
      const before = reached.get(metric) ?? { sum: 0, of: 0 };
      reached.set(metric, { sum: before.sum + value, of: before.of + 1 });
    }
  }
  return reached;
}

const isBest = (metric: string, { sum, of }: Reached): boolean => sum === (directionOf(metric) === 1 ? of : 0);

describe.skipIf(skipped !== '')(`the published answers${skipped}`, () => {
  const written = WRITING_TASKS.filter((task) => task.needsJudge !== true);
  for (const task of written) {
    for (const protocol of Object.keys(task.protocols) as ProtocolName[]) {
      it(
        `of ${task.name} under ${protocol} reach the best value of each metric, or what the task says`,
        async () => {
          const below = [...(await reachedBy(task, protocol))].filter(([metric, each]) => !isBest(metric, each));
          const [source] = task.sources;
          const said = (task.floors ?? []).filter(({ name }) => name === 'published solutions');
          const found = below.map(([metric, { sum, of }]) => ({ metric, hits: sum, of, source: source?.name }));
          // Another protocol of the task may lack the metric.
          const metrics = below.map(([metric]) => metric);
          expect(found).toEqual(
            said
              .filter(({ metric = '' }) => metrics.includes(metric))
              .map(({ metric, hits, of, source: counted }) => ({ metric, hits, of, source: counted })),
          );
          if (protocol === 'canonical') expect(said.map(({ metric }) => metric)).toEqual(metrics);
        },
        LONG,
      );
    }
  }

  it(
    'of likelihood tasks can be chosen: none stands behind another alternative with the same text',
    async () => {
      for (const task of TASKS) {
        const { rows } = await loadTask(task, { dataDir, allowFixtures: false });
        for (const row of rows) {
          const question = task.protocols.canonical?.question(row);
          const texts = question?.views.autoregressive[0]?.alternatives.map((pieces) => JSON.stringify(pieces)) ?? [];
          if (question === undefined || texts.indexOf(texts[question.gold] as string) < question.gold) {
            throw new RangeError(`${task.name}: ${JSON.stringify(row)}`);
          }
        }
      }
    },
    LONG,
  );
});
