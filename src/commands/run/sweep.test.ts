import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ABLATE_DEFAULTS, SWEEP_DEFAULTS } from '../../evaluate/options.ts';
import type { Given } from '../../options/read-options.ts';
import { settled } from '../shell/command-line.ts';
import { verb as ablate } from './ablate.ts';
import { verb as sweep } from './sweep.ts';

const resolveSweepOptions = (flags: Given) => settled(sweep, flags);
const resolveAblateOptions = (flags: Given) => settled(ablate, flags);

it('sweeps T = 1 to 64 with a margin of one point unless told otherwise', async () => {
  expect(await resolveSweepOptions({ models: 'a' })).toEqual({ ...SWEEP_DEFAULTS, models: ['a'] });
  const given = await resolveSweepOptions({ models: 'a', steps: '8,2,8', margin: '.02', alpha: '0.1', passes: '9' });
  expect(given).toMatchObject({ steps: [2, 8], margin: 0.02, alpha: 0.1, passes: 9 });
});

it('reads attention and shift of an ablation as lists, in a fixed order', async () => {
  expect(await resolveAblateOptions({ models: 'a' })).toEqual({ ...ABLATE_DEFAULTS, models: ['a'] });
  const given = await resolveAblateOptions({ models: 'a', attention: ['1,0', '1'], shift: 'off,on,off' });
  expect(given).toMatchObject({ attentions: [0, 1], shifts: [true, false], attention: 1, shift: null });
  expect(await resolveAblateOptions({ models: 'a', shift: 'off' })).toMatchObject({ shifts: [false] });
});

it('takes the same keys from a config file, which flags override', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'bench-sweep-')), 'sweep.json');
  writeFileSync(file, JSON.stringify({ models: ['a', 'b'], steps: [1, 2], margin: 0.05, alpha: 0.01 }));
  const given = await resolveSweepOptions({ config: file, margin: '0.1' });
  expect(given).toMatchObject({ models: ['a', 'b'], steps: [1, 2], margin: 0.1, alpha: 0.01 });
  writeFileSync(file, JSON.stringify({ models: ['a'], attention: [0, 0.5], shift: [false] }));
  expect(await resolveAblateOptions({ config: file })).toMatchObject({ attentions: [0, 0.5], shifts: [false] });
  writeFileSync(file, JSON.stringify({ models: ['a'], margin: 2 }));
  await expect(resolveSweepOptions({ config: file })).rejects.toMatchObject({
    message: `"margin" in ${file}: expected a share above 0 and below 1, such as 0.01, found 2`,
  });
});

it('refuses a sweep over one T', async () => {
  await expect(resolveSweepOptions({ models: 'a', steps: '4,4' })).rejects.toMatchObject({
    code: 'bad-arguments',
    message: '--steps: expected at least two numbers of steps to compare, or two samplers with --sampler, found 4',
  });
});
