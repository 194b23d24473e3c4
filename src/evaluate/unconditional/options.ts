/** What `bench unconditional` is told. */
import { z } from 'zod';
import { badArguments } from '../../core/errors.ts';
import { ascending, decimal, text, whole } from '../../options/fields.ts';
import { modelList } from '../../options/model-spec.ts';
import { type OptionsOf, option } from '../../options/option.ts';
import { DEVICE_OPTIONS, json, NET_OPTIONS, outFile } from '../../options/shared.ts';

const temperature = decimal('a temperature above 0 and at most 10', z.number().gt(0).max(10));
const steps = 'whole numbers from 1 to 65536 separated by commas, such as 32,64,128';

export const UNCONDITIONAL_OPTIONS = {
  models: option(modelList, 'catalog names or checkpoint folders, separated by commas; of either family'),
  judge: option(
    text('a model name or folder'),
    'autoregressive model whose perplexity of the texts is given',
    null,
    'none: entropy and repetition alone',
  ),
  length: option(whole(8, 65_536), 'tokens of a text, its start token included', 1024),
  samples: option(whole(1, 10_000), 'texts for each model, T and temperature', 64),
  steps: option(
    ascending(steps, whole(1, 65_536)),
    'diffusion steps T, a set of texts for each',
    [32, 64, 128, 256, 512, 1024] as readonly number[],
    '32,64,128,256,512,1024',
  ),
  temperature: option(
    ascending('temperatures above 0 and at most 10 separated by commas, such as 0.8,1', temperature),
    'temperatures, a set of texts for each',
    [1] as readonly number[],
    '1',
  ),
  topP: option(
    decimal('a share above 0 and at most 1', z.number().gt(0).max(1)),
    'share of the distribution that tokens are drawn from; 1 = all',
    1,
  ),
  form: option(
    z.enum(['canonical', 'paper']).describe('canonical or paper'),
    'canonical: an exact number of positions a step; paper: each position by itself, as the published code',
    'canonical' as const,
  ),
  seed: option(whole(0), 'seed of all texts', 0),
  out: option(
    text('a folder'),
    'folder that holds a file for each set of texts; repeat the command to resume',
    'results/unconditional',
  ),
  page: outFile('write the frontier as a page to this file'),
  json,
  ...NET_OPTIONS,
  ...DEVICE_OPTIONS,
};
export interface UnconditionalOptions extends OptionsOf<typeof UNCONDITIONAL_OPTIONS> {}

/** @throws HarnessError 'bad-arguments' where texts cannot be told apart from their start */
export function requireTexts(options: UnconditionalOptions): UnconditionalOptions {
  if (options.samples >= 2) return options;
  throw badArguments('--samples: expected two or more, so that intervals are known, found 1');
}
