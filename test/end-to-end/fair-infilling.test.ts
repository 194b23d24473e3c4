/** Infilling by a left-to-right model with fill-in-the-middle tokens and by a diffusion model: every way side by side, from the run to the report. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { executeRuns, prepareRuns } from '../../src/evaluate/execute-runs.ts';
import { RUN_DEFAULTS } from '../../src/evaluate/options.ts';
import { REPORT_OPTIONS, reportText, toStoredReport } from '../../src/evaluate/stored/report.ts';
import { presetsOf } from '../../src/options/option.ts';
import type { ToldRun } from '../../src/report/told/told-rows.ts';

/** Floors are those of the published rows. */
const PUBLISHED = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const DATA = existsSync(PUBLISHED) ? PUBLISHED : null;
const LENGTHS = ['default', 'oracle-10'];
const AROUND = ['instruction', 'fim-psm', 'fim-spm'];

let out = '';
beforeAll(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'fair-infilling-'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

it('asks by prefix, instruction and both orders of fill-in-the-middle, told of the length alike', async () => {
  const options = {
    ...RUN_DEFAULTS,
    ...{ models: ['random-fim', 'random-diffugpt'], tasks: ['rocstories', 'humaneval-infill-fair'], out },
    ...{ fixtures: DATA === null, dataDir: DATA, limit: 1, steps: [4], unsafeNoSandbox: true },
  };
  const executed = await executeRuns(await prepareRuns(options), options);
  for (const { stored } of executed) {
    const isCausal = stored.manifest.model.family === 'autoregressive';
    const room = stored.manifest.task.name === 'rocstories' ? 'canvas-32' : 'canvas-64';
    const expected = [...LENGTHS, room, ...(isCausal ? AROUND : [])];
    for (const { response } of stored.records) {
      if (response.kind !== 'written') throw new TypeError(`not written: ${JSON.stringify(response)}`);
      const views = [...Object.keys(response.views), ...Object.keys(response.refused ?? {})];
      expect(views.sort()).toEqual([...expected].sort());
    }
  }
  const text = await reportText(toStoredReport({ ...presetsOf(REPORT_OPTIONS), runs: out, format: 'json' }));
  const told: readonly ToldRun[] = JSON.parse(text).told;
  const shown = told.map(({ task, model, rows }) => [task, model, rows.map(({ view }) => view)]);
  expect(shown).toContainEqual(['rocstories', 'random-fim', [...LENGTHS, 'canvas-32', ...AROUND]]);
  expect(shown).toContainEqual(['rocstories', 'random-diffugpt', [...LENGTHS, 'canvas-32']]);
  expect(shown).toContainEqual(['humaneval-infill-fair', 'random-fim', [...LENGTHS, 'canvas-64', ...AROUND]]);
  const stories = told.find(({ task }) => task === 'rocstories');
  if (DATA !== null) expect(stories?.floors.map(({ name }) => name)).toEqual(['sentence 2 again']);
  expect(stories?.rows[0]?.length).toBe('all of it (oracle)');
}, 60_000);
