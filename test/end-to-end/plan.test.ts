/** `bench run --plan`: what a run takes, before it. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PlanDocument } from '../../src/report/terminal/plan-table.ts';
import { runVerb } from './run-verb.ts';

const WHAT = { models: 'random-gpt2,random-diffugpt', tasks: 'winogrande,lambada', fixtures: true, limit: 3 };

it('says what the run then takes, where all items were tried, and stores nothing', async () => {
  const out = await mkdtemp(join(tmpdir(), 'bench-plan-'));
  try {
    const flags = { ...WHAT, passes: '9', json: true, out };
    const plan = JSON.parse((await runVerb('run', [], { ...flags, plan: true })).stdout) as PlanDocument;
    expect(await readdir(out)).toEqual([]);
    const { runs } = JSON.parse((await runVerb('run', [], flags)).stdout) as {
      runs: readonly { readonly model: string; readonly task: string; readonly nfe: number; readonly items: number }[];
    };
    const taken = runs.map(({ model, task, items, nfe }) => ({ model, task, items, passes: nfe }));
    expect(plan.runs).toMatchObject(taken);
    expect(
      plan.runs.every(({ tried, tokens, flops, diskBytes }) => tried === 3 && tokens < flops && diskBytes > 0),
    ).toBe(true);
  } finally {
    await rm(out, { recursive: true });
  }
});

it('takes the rate of another machine', async () => {
  const flags = { ...WHAT, models: 'random-gpt2', tasks: 'winogrande', json: true, plan: true };
  const { stdout } = await runVerb('run', [], { ...flags, 'plan-rate': '1e9' });
  const [run] = (JSON.parse(stdout) as PlanDocument).runs;
  expect(run?.flopsPerSecond).toBe(1e9);
  expect(run?.seconds).toBeCloseTo((run?.flops as number) / 1e9, 12);
});
