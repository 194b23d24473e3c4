/** The parts of a metric's name. A name itself may hold `@`, as `pass@1` does, so that no one splits names by hand. */
import type { OwnMetric } from '../core/own-metric.ts';

const OWN = new Map<string, OwnMetric>();

/**
 * Makes the metrics of a task known by name; the same ones a second time change nothing.
 *
 * @throws RangeError where another task means something else by one of the names
 */
export function registerMetrics(metrics: Readonly<Record<string, OwnMetric>> = {}): void {
  for (const [name, metric] of Object.entries(metrics)) {
    const known = OWN.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(metric)) {
      throw new RangeError(`a second metric ${name}, which says ${known.description}`);
    }
  }
  for (const [name, metric] of Object.entries(metrics)) OWN.set(name, metric);
}

export const ownMetric = (base: string): OwnMetric | null => OWN.get(base) ?? null;

/** The declared metric that a name is of, such as `recall@5` of `recall@5@8`; null where none is. */
function ownMetricOf(name: string): string | null {
  const found = [...OWN.keys()].filter(
    (own) => name === own || (name.startsWith(own) && /^[@#]/.test(name.slice(own.length))),
  );
  return found.sort((a, b) => b.length - a.length)[0] ?? null;
}

export interface MetricName {
  /** Such as `acc`, `pass@1`, or a name that a task declares. */
  readonly base: string;
  /** The number of denoising steps T of `NAME@T`; null = none in the name. */
  readonly steps: number | null;
  /** The repetition of `NAME#D`. */
  readonly draw: number | null;
  /** The view of `NAME@view`; null = the first. */
  readonly view: string | null;
}

/** `pass@1@8` is `pass@1` at T = 8, `pass@1` is at no T. A name of another form is its own base. */
export function parseMetric(name: string): MetricName {
  const base = ownMetricOf(name) ?? /^(?:(?:pass|hit|majority)@\d+|[^@#]+)(?=$|[@#])/.exec(name)?.[0] ?? name;
  const rest = /^(?:@(?<steps>\d+))?(?:#(?<draw>\d+))?(?:@(?<view>[a-z][a-z0-9-]*))?$/.exec(name.slice(base.length));
  if (rest === null) return { base: name, steps: null, draw: null, view: null };
  const { steps, draw, view = null } = rest.groups ?? {};
  const number = (digits: string | undefined) => (digits === undefined ? null : Number(digits));
  return { base, steps: number(steps), draw: number(draw), view };
}
