/** What a tape remembers of each tensor, and how gradients are gathered from its end to its start. */
import type { Ops } from './ops.ts';
import type { Shape } from './shape-rules.ts';

/** A tensor of the interpreter underneath, with its place on the tape: null where nothing is derived. */
export interface Traced<T> {
  readonly value: T;
  readonly shape: Shape;
  readonly place: number | null;
  /** Set for an index that only lays out rows anew: flat rows as sequences, or slots of sequences as flat rows. */
  readonly layout?: Layout;
  /** Set for a frozen matrix that is read with a trained term added to it; only `linear` reads such a matrix. */
  readonly lowRank?: LowRank<T>;
}

export type Layout = { readonly kind: 'sequences'; readonly length: number } | { readonly kind: 'rows' };

/** `scale · B A`, with A `[r, in]` and B `[out, r]`. */
export interface LowRank<T> {
  readonly a: Traced<T>;
  readonly b: Traced<T>;
  readonly scale: number;
}

/** What one use of a tensor adds to its gradient. */
export type Contribution<T> =
  | { readonly kind: 'whole'; readonly value: T }
  | { readonly kind: 'slice'; readonly start: number; readonly end: number; readonly value: T }
  | { readonly kind: 'rows'; readonly ids: T; readonly value: T }
  | { readonly kind: 'entries'; readonly index: T; readonly value: T };

/** From the gradient of a result to what it adds to the gradient of one operand. */
export type Link<T> = readonly [operand: Traced<T>, give: (gradient: T) => Contribution<T>];

interface Step<T> extends Traced<T> {
  readonly links: readonly Link<T>[];
}

/** Remembers results and their links in the order in which they were made. */
export class Recorder<T> {
  readonly #ops: Ops<T>;
  readonly #steps: Step<T>[] = [];

  constructor(ops: Ops<T>) {
    this.#ops = ops;
  }

  constant(value: T, shape: Shape): Traced<T> {
    return { value, shape, place: null };
  }

  /** A tensor by which to differentiate. */
  parameter(value: T, shape: Shape): Traced<T> {
    return this.#append(value, shape, []);
  }

  /** The result of an operation; a constant where none of its operands depends on a parameter. */
  result(value: T, shape: Shape, links: readonly Link<T>[]): Traced<T> {
    const live = links.filter(([operand]) => operand.place !== null);
    return live.length === 0 ? this.constant(value, shape) : this.#append(value, shape, live);
  }

  /**
   * Gradients of a single number by parameters, each of its parameter's shape.
   *
   * @param start what gradients are added to, in the order of the parameters; default: zeros
   * @throws RangeError when `of` is no single number
   */
  gradients(of: Traced<T>, parameters: readonly Traced<T>[], start?: readonly T[]): T[] {
    if (of.shape.length > 0) throw new RangeError(`a gradient is of one number, not of ${of.shape.length} axes`);
    const given = this.#steps.map((): Contribution<T>[] => []);
    parameters.forEach((parameter, i) => {
      const value = start?.[i];
      if (value !== undefined) given[parameter.place!]!.push({ kind: 'whole', value });
    });
    if (of.place !== null) given[of.place]!.push({ kind: 'whole', value: this.#ops.scalar(1) });
    const wanted = new Set(parameters.map((parameter) => parameter.place));
    const found = new Map<number, T>();
    for (let place = this.#steps.length - 1; place >= 0; place--) {
      const step = this.#steps[place]!;
      if (given[place]!.length === 0) continue;
      const gradient = gathered(this.#ops, step, given[place]!);
      if (wanted.has(place)) found.set(place, gradient);
      for (const [operand, give] of step.links) given[operand.place!]!.push(give(gradient));
    }
    return parameters.map(({ place, value }) => found.get(place!) ?? this.#ops.zerosLike(value));
  }

  #append(value: T, shape: Shape, links: readonly Link<T>[]): Traced<T> {
    const step = { value, shape, links, place: this.#steps.length };
    this.#steps.push(step);
    return step;
  }
}

/** The sum of all contributions to the gradient of one tensor. */
function gathered<T>(ops: Ops<T>, { value, shape }: Traced<T>, contributions: readonly Contribution<T>[]): T {
  const slices = contributions.filter((each) => each.kind === 'slice').sort((a, b) => a.start - b.start);
  const width = Number(shape.at(-1));
  const isTiled = slices.every((each, i) => each.start === (slices[i - 1]?.end ?? 0)) && slices.at(-1)?.end === width;
  const wholes = contributions.flatMap((each) => (each.kind === 'whole' ? [each.value] : []));
  if (isTiled) wholes.push(slices.map((each) => each.value).reduce((left, right) => ops.concat(left, right)));
  else wholes.push(...slices.map((each) => ops.pad(each.value, each.start, width - each.end)));
  let sum = wholes.length === 0 ? ops.zerosLike(value) : wholes.reduce((left, right) => ops.add(left, right));
  for (const each of contributions) {
    if (each.kind === 'rows') sum = ops.addRows(sum, each.ids, each.value);
    if (each.kind === 'entries') sum = ops.addAt(sum, each.index, each.value);
  }
  return sum;
}
