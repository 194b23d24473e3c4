/** What no option can say alone: which go together, and what several of them make. */
import { badArguments } from '../core/errors.ts';
import type { OptionsOf } from '../options/option.ts';
import { samplersOf } from '../options/sampler-spec.ts';
import {
  type ABLATE_OPTIONS,
  type AblateOptions,
  RUN_DEFAULTS,
  type RunOptions,
  type SWEEP_OPTIONS,
  type SweepOptions,
} from './options.ts';
import { STANDARD_PASSES } from './racing-options.ts';

/** As far as a verb has them. */
type Given = Partial<Omit<RunOptions, 'out'>>;

function refuse(what: string, expected: string, found: string | number, hint?: string): never {
  throw badArguments(`${what}: expected ${expected}, found ${found}`, hint);
}

/** @throws HarnessError 'bad-arguments' */
export function requireConsistent<O extends Given & Pick<RunOptions, 'family' | 'maskId'>>(options: O): O {
  const { family, maskId, emulateLeak, protocol, bracket = null, sampler = null }: Given = options;
  if (family === 'autoregressive' && maskId !== null) refuse('--mask-id', 'only with diffusion models', '--family ar');
  if (emulateLeak === true && protocol !== 'paper') {
    const hint = 'add --protocol paper, or leave --emulate-leak out';
    refuse('--emulate-leak', '--protocol paper, whose script has the defect', String(protocol), hint);
  }
  samplersOf(sampler);
  // The published score is no bound, so nothing closes the bracket from above.
  if (protocol === 'paper' && bracket !== null) {
    const hint = 'use --protocol canonical or paper-text, or leave --bracket out';
    refuse('--bracket', 'a protocol whose score is a bound', 'paper', hint);
  }
  requireRaceable(options);
  requireMixable(options);
  requireQueue(options);
  requireShots(options);
  requireOneSubset(options);
  return options;
}

const NUMBER_HINT = `give a number of passes, such as --passes ${STANDARD_PASSES}`;

/** A race ranks by a bound whose passes differ by their masks alone. */
function requireRaceable({ passes, protocol, attention = 1, score = null, bracket = null }: Given): void {
  if (passes !== 'auto') return;
  const raced = (expected: string, found: string) => refuse('--passes auto', expected, found, NUMBER_HINT);
  if (protocol === 'paper') raced('a protocol that ranks by a bound', '--protocol paper');
  if (attention > 0 && attention < 1)
    raced('attention 0 or 1', `--attention ${attention}, which is drawn anew in each pass`);
  if (score !== null) raced('no further likelihoods, as a race keeps no values', `--score ${score.join()}`);
  if (bracket !== null) raced('no bracket, as a race keeps no values', `--bracket ${bracket}`);
}

/** What two precisions do not go with. */
function requireMixable({ precision, dtype = 'float32', queue = null }: Given): void {
  if (precision !== 'mixed') return;
  const mixed = (expected: string, found: string, hint: string) => refuse('--precision mixed', expected, found, hint);
  if (dtype !== 'float32') {
    const hint = `leave --dtype out, or --precision for a run in ${dtype} alone`;
    mixed('--dtype float32, as the other precision is chosen here', `--dtype ${dtype}`, hint);
  }
  if (queue !== null) {
    const hint = 'use --shard for several machines, or leave --precision out';
    mixed('items held out before the first unit, which workers do not do', '--queue', hint);
  }
}

function requireQueue({ queue = null, queueLock = RUN_DEFAULTS.queueLock }: Given): void {
  if (queue !== null || queueLock === RUN_DEFAULTS.queueLock) return;
  refuse('--queue-lock', '--queue, whose workers it is about', 'none', 'add --queue, or leave --queue-lock out');
}

/** Of some tasks at least; which they are is known when they are loaded. */
const WITH_EXAMPLES = ['lm-eval', 'canonical', 'paper'];

/** Examples go with some protocols, and rows of examples with one task. */
function requireShots({ protocol, shots = null, shotsFrom = null, tasks = null }: Given): void {
  const flag = shotsFrom !== null ? '--shots-from' : '--shots';
  if (shots === null && shotsFrom === null) return;
  if (protocol !== undefined && !WITH_EXAMPLES.includes(protocol)) {
    const known = `${WITH_EXAMPLES.slice(0, -1).join(', ')} or ${WITH_EXAMPLES.at(-1)}`;
    refuse(flag, `--protocol ${known}`, protocol, `add --protocol lm-eval, or leave ${flag} out`);
  }
  if (shotsFrom !== null) requireOneTask('--shots-from', 'whose rows it holds', tasks);
}

/** Items are chosen in one way. */
function requireOneSubset({ offset = 0, sample = null, items = null, tasks = null }: Given): void {
  const given = [
    ...(offset > 0 ? ['--offset'] : []),
    ...(sample !== null ? ['--sample'] : []),
    ...(items !== null ? ['--items'] : []),
  ];
  if (given.length > 1) refuse(given.join(', '), 'one way to choose items', given.length);
  if (items !== null) requireOneTask('--items', 'whose items they are', tasks);
}

function requireOneTask(flag: string, why: string, tasks: RunOptions['tasks']): void {
  if (tasks?.length === 1) return;
  refuse(flag, `one task, ${why}`, tasks === null ? 'none named' : tasks.join(', '), 'name one with --tasks');
}

/** @throws HarnessError 'bad-arguments' on fewer than two T, or as `requireConsistent` */
export function toSweepOptions(given: OptionsOf<typeof SWEEP_OPTIONS>): SweepOptions {
  const { steps, sampler, passes } = given;
  if (steps.length < 2 && (sampler ?? []).length < 2) {
    refuse('--steps', 'at least two numbers of steps to compare, or two samplers with --sampler', steps.join());
  }
  // Over T values are compared, which a race does not keep.
  if (passes === 'auto') refuse('--passes', 'a number for what is compared over T', 'auto', NUMBER_HINT);
  return requireConsistent({ ...RUN_DEFAULTS, ...given });
}

/** @throws HarnessError as `requireConsistent` */
export function toAblateOptions({
  attention: attentions,
  shift,
  ...given
}: OptionsOf<typeof ABLATE_OPTIONS>): AblateOptions {
  const each = [true, false].filter((on) => shift.includes(on));
  return requireConsistent({ ...RUN_DEFAULTS, ...given, attentions, shifts: each });
}
