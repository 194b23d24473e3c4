/** Ids are looked at before they are sent to a device: there, one outside the table gives some row without a word. */
import type { Dim, HostTensor, Program, TensorSpec } from '../../../tensor/ops.ts';
import type { Lookup } from '../value.ts';

type Inputs = Readonly<Record<string, TensorSpec>>;
type Feeds = Readonly<Record<string, HostTensor>>;

/** @throws RangeError on an id that is outside of what a program looks up by it; TypeError where no input says how much that is */
export function requireIds(
  { name, inputs }: Pick<Program<string, string>, 'name' | 'inputs'>,
  lookups: readonly Lookup[],
  feeds: Feeds,
): void {
  const given = lookups.filter(({ ids }) => ids in inputs);
  if (given.length === 0) return;
  const sizes = sizesOf(inputs, feeds);
  for (const { ids, size } of given) {
    const limit = numberOf(size, sizes);
    const wrong = (feeds[ids] as HostTensor).data.find((id) => id < 0 || id >= limit);
    if (wrong !== undefined) {
      throw new RangeError(`${name}: expected ids from 0 to ${limit - 1} in ${ids}, found ${wrong}`);
    }
  }
}

/** What the letters of inputs stand for. */
function sizesOf(inputs: Inputs, feeds: Feeds): ReadonlyMap<string, number> {
  const pairs = Object.entries(inputs).flatMap(([name, { dims }]) =>
    dims.map((dim, axis): [Dim, number] => [dim, feeds[name]?.dims[axis] as number]),
  );
  return new Map(pairs.filter((pair): pair is [string, number] => typeof pair[0] === 'string'));
}

/** Of `7`, `V` or `B·L`. */
function numberOf(size: Dim, sizes: ReadonlyMap<string, number>): number {
  if (typeof size === 'number') return size;
  return size.split('·').reduce((product, letter) => {
    const factor = sizes.get(letter) ?? Number(letter);
    if (!Number.isFinite(factor)) throw new TypeError(`no input has a size ${letter}`);
    return product * factor;
  }, 1);
}
