import { expect, it } from 'vitest';
import { presetsOf } from '../options/option.ts';
import { prepareRuns } from './execute-runs.ts';
import { SILENT } from './observer.ts';
import { RUN_DEFAULTS, type RunOptions, SCORE_OPTIONS } from './options.ts';
import { unusedRequestOptions } from './unused-options.ts';

async function notes(changes: Partial<RunOptions> & Pick<RunOptions, 'models'>): Promise<readonly string[]> {
  const found: string[] = [];
  const given = { ...RUN_DEFAULTS, tasks: ['piqa'], fixtures: true, ...changes };
  await prepareRuns(given, { ...SILENT, noted: (note) => found.push(note) });
  return found;
}
const [ar, diffusion] = [['random-gpt2'], ['random-diffugpt']];
const WRITTEN = ['pointer-chasing'];

it.each([
  [
    { models: ar, steps: [8], attention: 0.5, seed: 3 },
    '--steps, --attention, --seed: no model of this run is a diffusion model',
  ],
  [{ models: ar, protocol: 'paper', emulateLeak: true }, '--emulate-leak: no model of this run is a diffusion model'],
  [{ models: diffusion, draws: 3 }, '--draws: no task of this run asks for it'],
  [
    { models: diffusion, tasks: WRITTEN, passes: 8, bracket: 4, score: ['duel:margin'], seed: 3 },
    '--passes, --score, --bracket, --seed: no task',
  ],
  [{ models: ar, engine: 'reference', threads: 2 }, '--threads: engine reference takes no number of threads'],
  [{ models: ar, unsafeNoSandbox: true }, '--unsafe-no-sandbox: no task of this run has programs'],
] as const)('names what cannot matter: %j', async (changes, message) => {
  expect(await notes(changes)).toEqual([expect.stringMatching(new RegExp(`^${message}.*, so this changes nothing$`))]);
});

it.each([
  { models: ar },
  { models: ar, sample: 3, seed: 3 },
  { models: diffusion, steps: [8], passes: 8, bracket: 4, score: ['duel:margin'], seed: 3, threads: 2 },
  { models: diffusion, tasks: WRITTEN, steps: [8], attention: 0.5, seed: 3 },
  { models: diffusion, tasks: ['lambada-decoding'], protocol: 'paper', draws: 2, seed: 3 },
  { models: [...ar, ...diffusion], tasks: ['piqa', ...WRITTEN], passes: 8 },
] as const)('is silent where something depends on it: %j', async (changes) => {
  expect(await notes(changes)).toEqual([]);
});

it('says once that blocks save nothing where every token sees the whole canvas', async () => {
  const asked = { models: diffusion, tasks: WRITTEN, sampler: ['block:block=4', 'threshold:block=8'] };
  const [sentence, ...others] = await notes(asked);
  expect(sentence).toBe(
    '--sampler: no keys and values of finished blocks are reused with random-diffugpt, where every token sees the whole canvas; each step computes all of it',
  );
  expect(others).toEqual([]);
  expect(await notes({ ...asked, sampler: ['threshold'] })).toEqual([]);
  expect(await notes({ ...asked, blockLength: 4 })).toEqual([]);
});

it('names what cannot matter to requests', () => {
  const { model: _, ...others } = SCORE_OPTIONS;
  const given = { ...presetsOf(others), steps: [4], passes: 8 };
  const of = (family: 'autoregressive' | 'diffusion') =>
    unusedRequestOptions({ options: { family, maskId: null, shift: true } }, given);
  expect(of('autoregressive')).toEqual(['--steps, --passes: the model is no diffusion model, so this changes nothing']);
  expect(of('diffusion')).toEqual([]);
});
