/** May two runs be compared item by item? The model may differ; what else differs is named, and refused unless allowed. */
import { badArguments } from '../../core/errors.ts';
import type { RunManifest, ScoringSettings } from '../../core/manifest.ts';
import { deviceOf, heldIn } from '../../core/model.ts';
import { samplerText } from '../../core/samplers/choice.ts';
import { type Measured, modelOf } from './measured.ts';

/** What may be allowed to differ, as typed after `--allow-different`; `settings` stands for all from `estimator` on. */
export const DIFFERENCES = [
  'version',
  'data',
  'protocol',
  'shots',
  'settings',
  'estimator',
  'seed',
  'steps',
  'passes',
  'draws',
  'attention',
  'shift',
  'sampler',
] as const;
export type DifferenceName = (typeof DIFFERENCES)[number];

export interface Difference {
  readonly name: DifferenceName;
  /** `seed 0 against 1`. */
  readonly text: string;
}

/**
 * Everything but the model that differs, in the order of `DIFFERENCES`. How a diffusion model is asked (T, masks, seed) has no
 * counterpart in an autoregressive one, so between the families only task, data and protocol count.
 */
export function differencesOf(reference: RunManifest, candidate: RunManifest): readonly Difference[] {
  const [a, b] = [reference.settings, candidate.settings];
  const common: readonly (readonly [DifferenceName, unknown, unknown])[] = [
    ['version', reference.task.version, candidate.task.version],
    ['data', reference.dataset.digest, candidate.dataset.digest],
    ['protocol', a.protocol, b.protocol],
    ['shots', shotsText(a), shotsText(b)],
  ];
  const settings: readonly (readonly [DifferenceName, unknown, unknown])[] = [
    ['estimator', a.estimator, b.estimator],
    ['seed', a.seed, b.seed],
    ['steps', a.steps.join(), b.steps.join()],
    ['passes', a.passes, b.passes],
    ['draws', a.draws, b.draws],
    ['attention', a.openFraction, b.openFraction],
    ['shift', a.shift, b.shift],
    ['sampler', samplerOf(a), samplerOf(b)],
  ];
  const isOneFamily = reference.model.family === candidate.model.family;
  return [...common, ...(isOneFamily ? settings : [])]
    .filter(([, left, right]) => left !== right)
    .map(([name, left, right]) => ({ name, text: `${LABELS[name] ?? name} ${spelt(left)} against ${spelt(right)}` }));
}

/** Absent under protocols that have none. */
const shotsText = ({ shots = 0, shotsFrom }: ScoringSettings): string =>
  shotsFrom === undefined ? String(shots) : `${shots} of ${shotsFrom.digest.slice(0, SHOWN_DIGITS)}…`;

const samplerOf = ({ sampler }: ScoringSettings): string => (sampler === undefined ? 'default' : samplerText(sampler));

const LABELS: Readonly<Partial<Record<DifferenceName, string>>> = { version: 'task version', data: 'rows' };
const SETTINGS_FROM = DIFFERENCES.indexOf('settings');

/** Digests are cut: twelve digits tell them apart. */
const SHOWN_DIGITS = 12;
const spelt = (value: unknown): string => String(value).replace(/^([0-9a-f]{12})[0-9a-f]{52}$/, '$1…');

/** Whether weights were held alike, and on the same device. */
export const isSameArithmetic = (a: RunManifest, b: RunManifest): boolean =>
  heldIn(a) === heldIn(b) && deviceOf(a.model) === deviceOf(b.model);

export function isAllowed(name: DifferenceName, allowed: readonly DifferenceName[]): boolean {
  return allowed.includes(name) || (allowed.includes('settings') && DIFFERENCES.indexOf(name) > SETTINGS_FROM);
}

/**
 * The differences that were allowed, for labels.
 *
 * @throws HarnessError 'bad-arguments' naming the first one that was not
 */
export function requireComparable(
  reference: Measured,
  candidate: Measured,
  allowed: readonly DifferenceName[],
): readonly Difference[] {
  const differences = differencesOf(reference.manifest, candidate.manifest);
  const refused = differences.filter(({ name }) => !isAllowed(name, allowed));
  const [first] = refused;
  if (first === undefined) return differences;
  const where = `${reference.manifest.task.name}: ${modelOf(reference)} and ${modelOf(candidate)}`;
  throw badArguments(
    `${where}: expected runs that differ in the model only, found ${refused.map(({ text }) => text).join('; ')}`,
    `run one of them again with the same settings, or compare all the same with --allow-different ${refused
      .map(({ name }) => name)
      .join()}`,
  );
}
