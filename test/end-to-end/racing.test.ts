/** `--passes auto`: choices that race, on the trained checkpoint. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { executeRuns, prepareRuns } from '../../src/evaluate/execute-runs.ts';
import { SILENT } from '../../src/evaluate/observer.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import { tellApart } from '../../src/gate/measured/tell-apart.ts';
import type { StoredRun } from '../../src/store/stored-run.ts';
import { refusalOf, runVerb } from './run-verb.ts';

let out: string;
beforeEach(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-racing-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

const RACE = { models: ['tiny-diffugpt'], tasks: ['winogrande'], fixtures: true, passes: 'auto', limit: 4 } as const;

async function stored(options: Partial<RunOptions>, signal = SILENT.signal): Promise<StoredRun> {
  const all = { ...RUN_DEFAULTS, ...RACE, out, ...options };
  const [executed] = await executeRuns(await prepareRuns(all), all, { ...SILENT, signal });
  if (executed === undefined) throw new Error('no run');
  return executed.stored;
}

const viewOf = (run: StoredRun, at: number) => {
  const response = run.records[at]?.response;
  if (response?.kind !== 'answered') throw new Error(`item ${at} is unanswered`);
  return Object.values(response.views)[0];
};

it('keeps what was raced for and what it took, and no values', async () => {
  const run = await stored({});
  expect(run.manifest.settings).toMatchObject({
    estimator: 'raced-masked-cross-entropies/1',
    passes: 33,
    steps: [],
    race: { ranking: 'nelbo/mean', risk: 0.005, design: 'nested-pairs/3', boundary: 'spent-student/2' },
  });
  const view = viewOf(run, 0);
  expect(Object.keys(view?.rankings ?? {})).toEqual(['nelbo/mean']);
  expect(view?.alternatives.map(({ quantities }) => quantities)).toEqual([{}, {}]);
  expect(view?.race?.passes).toHaveLength(2);
  const scores = run.records.map(({ score }) => (score.kind === 'scored' ? Object.keys(score.values) : []));
  expect(scores[0]).toEqual(['acc', 'accMean']);
});

it('decides as all passes do, with fewer of them, and says what it leaves open', async () => {
  const raced = await stored({});
  const fixed = await stored({ passes: 129 });
  raced.records.forEach((_, at) => {
    const [race, all] = [viewOf(raced, at), viewOf(fixed, at)];
    const lead = all?.rankings['nelbo/mean'];
    const isClear = lead !== undefined && lead.margin >= 3 * lead.stderr;
    if (race?.race?.decided === true && isClear) expect(race.rankings['nelbo/mean']?.best).toBe(lead.best);
  });
  expect(raced.summary.nfe).toBeLessThan(fixed.summary.nfe / 2);
  const open = raced.records.filter((_, at) => viewOf(raced, at)?.race?.decided === false).length;
  expect(raced.summary.undecided).toBe(open);
});

it('replays to the same records, and is told apart from a run of all passes', async () => {
  const run = await stored({ limit: 3 });
  expect((await runVerb('replay', [run.folder], {})).code).toBe(0);
  const other = await stored({ limit: 3, passes: 9 });
  expect(tellApart([run.manifest, other.manifest]).texts[0]).toContain('raced at risk 0.005');
});

it.each([
  [{ protocol: 'paper' }, 'expected a protocol that ranks by a bound, found --protocol paper'],
  [{ attention: 0.5 }, 'expected attention 0 or 1, found --attention 0.5'],
  [{ bracket: 4 }, 'expected no bracket, as a race keeps no values, found --bracket 4'],
])('refuses what a race cannot rank by: %j', async (flags, message) => {
  const refused = await refusalOf('run', [], { models: 'tiny-diffugpt', passes: 'auto', ...flags });
  expect(refused.message).toContain(message);
});

it('refuses to compare over T what keeps no values', async () => {
  const refused = await refusalOf('sweep', [], { models: 'tiny-diffugpt', passes: 'auto', steps: '1,8' });
  expect(refused.message).toBe('--passes: expected a number for what is compared over T, found auto');
});

it('asks single answers with as many passes as ever', async () => {
  const run = await stored({ tasks: ['lambada'], limit: 2 });
  expect(run.manifest.settings).toMatchObject({ estimator: 'masked-cross-entropies/2', passes: 32 });
  expect(run.manifest.settings.race).toBeUndefined();
});
