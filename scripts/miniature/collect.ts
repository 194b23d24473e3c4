/** From stored runs to the records that are kept. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readRun } from '../../src/store/read-run.ts';
import { type Rule, STEPS, type TrainedModel } from './plan.ts';
import type { MiniatureRecord } from './records.ts';

const documentSchema = z.object({ runs: z.array(z.object({ path: z.string() })).length(1) });

/** @param work folder that `bench run` ran in */
export async function recordOf(
  work: string,
  { task, arm, seed, name }: TrainedModel,
  rule: Rule,
): Promise<MiniatureRecord> {
  const document = documentSchema.parse(JSON.parse(await readFile(join(work, name, `${rule}.json`), 'utf8')));
  const { records } = await readRun(resolve(work, document.runs[0]?.path ?? ''));
  const values = records.map(({ id, score }) => {
    if (score.kind === 'scored') return score.values;
    throw new Error(`${name}, ${id}: ${score.reason}`);
  });
  const digits = (metric: string) =>
    values
      .map((each) => {
        const value = each[metric];
        if (value === 0 || value === 1) return value;
        throw new Error(`${name}: expected ${metric} of every item, found ${value}`);
      })
      .join('');
  const has = (metric: string) => values.some((each) => each[metric] !== undefined);
  const perStep = STEPS.filter((steps) => has(`acc@${steps}`)).map((steps) => [String(steps), digits(`acc@${steps}`)]);
  const right = perStep.length > 0 ? Object.fromEntries(perStep) : { [arm === 'ar' ? '0' : '32']: digits('acc') };
  const nats = values.flatMap((each) => each.nelbo ?? each.nll ?? []);
  return {
    task: task.name,
    arm,
    seed,
    rule,
    right,
    ...(nats.length > 0 && { nats: nats.map((value) => Number(value.toFixed(4))) }),
  };
}
