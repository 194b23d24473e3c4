/** Options that choose among stored runs by the settings that tell runs of one model on one task apart. */
import { z } from 'zod';
import { PROTOCOLS } from '../core/names.ts';
import { DEVICES, WEIGHT_DTYPES } from '../engines/engine.ts';
import { ascending, choice, decimal, onOrOff, text, whole } from './fields.ts';
import { grouped, option } from './option.ts';

const EVERY = 'all, or a whole number of at least 1';

/** null = whatever there is. T, attention and shift choose among diffusion models; the others have none. */
export const RUN_CHOICE_OPTIONS = grouped('Which of several runs:', {
  protocol: option(choice(PROTOCOLS), 'protocol of the runs', null),
  steps: option(
    ascending('whole numbers separated by commas, such as 1,2,4,8', whole(1)),
    'T of the runs, as they were given',
    null,
  ),
  limit: option(
    z.union([z.literal('all'), whole(1)]).describe(EVERY),
    'items of the runs: their --limit, or all',
    null,
  ),
  attention: option(
    decimal('a number from 0 to 1', z.number().min(0).max(1)),
    'share of future attention that was open in the runs',
    null,
  ),
  shift: option(onOrOff, 'on or off: the shift of the runs', null),
  sampler: option(
    text('a sampler as it was given, or default'),
    'sampler of the runs, such as threshold:threshold=0.9, or default',
    null,
  ),
  dtype: option(choice(WEIGHT_DTYPES), 'in what the runs held weights, such as float32 or int8', null),
  device: option(choice(DEVICES), 'where the runs were computed, such as cpu or webgpu', null),
});
