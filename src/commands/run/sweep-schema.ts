/** The border of `sweep` and `ablate`: the flags of `run`, and what these verbs add to them or read as lists. */
import { z } from 'zod';
import { HarnessError } from '../../core/errors.ts';
import { ABLATE_DEFAULTS, type AblateOptions, SWEEP_DEFAULTS, type SweepOptions } from '../../evaluate/options.ts';
import {
  decimal,
  list,
  onOrOff,
  optional,
  parseFlags,
  type RawOptions,
  RUN_SCHEMA,
  toRunOptions,
} from './run-schema.ts';

const SWEEP_SCHEMA = RUN_SCHEMA.extend({
  margin: optional('a share above 0 and below 1, such as 0.01', decimal.pipe(z.number().gt(0).lt(1))),
  alpha: optional('a number above 0 and below 0.5, such as 0.05', decimal.pipe(z.number().gt(0).lt(0.5))),
});

const ABLATE_SCHEMA = RUN_SCHEMA.extend({
  attention: optional(
    'numbers from 0 to 1 separated by commas, such as 0,0.5,1',
    list(decimal.pipe(z.number().min(0).max(1))),
  ),
  shift: optional('on, off or both separated by a comma', list(onOrOff)),
});

/** Options of `bench sweep` from its flags. */
export async function resolveSweepOptions(flags: RawOptions): Promise<SweepOptions> {
  const { margin, alpha, ...given } = await parseFlags(SWEEP_SCHEMA, flags);
  const options = toRunOptions(given, SWEEP_DEFAULTS);
  if (options.steps.length < 2) {
    throw new HarnessError(
      'bad-arguments',
      `--steps: expected at least two numbers of steps to compare, found ${options.steps.join()}`,
    );
  }
  return { ...options, margin: margin ?? SWEEP_DEFAULTS.margin, alpha: alpha ?? SWEEP_DEFAULTS.alpha };
}

/** Options of `bench ablate` from its flags. */
export async function resolveAblateOptions(flags: RawOptions): Promise<AblateOptions> {
  const { attention, shift, ...given } = await parseFlags(ABLATE_SCHEMA, flags);
  const attentions = [...new Set(attention ?? ABLATE_DEFAULTS.attentions)].sort((a, b) => a - b);
  const shifts = ABLATE_DEFAULTS.shifts.filter((each) => (shift ?? ABLATE_DEFAULTS.shifts).includes(each));
  return { ...toRunOptions(given, ABLATE_DEFAULTS), attentions, shifts };
}
