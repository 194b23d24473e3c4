/** What may befall a file: bytes that go wrong by themselves, and JSON that somebody wrote. */
import { stream } from '../../src/core/numbers/random.ts';

/** Draws that follow each other. */
export class Draws {
  readonly #random: ReturnType<typeof stream>;
  #at = 0;

  constructor(seed: number, ...names: readonly (string | number)[]) {
    this.#random = stream(seed, 'mutate-files', ...names);
  }

  /** A whole number from 0 to `n` − 1. */
  below(n: number): number {
    return Math.floor(this.#random.uniform(this.#at++) * n);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

type Damage = (bytes: Buffer, draws: Draws) => Buffer;

const cut = (bytes: Buffer, draws: Draws) => {
  const from = draws.below(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + draws.below(64))] as const;
};
const noise = (length: number, draws: Draws) => Buffer.from(Array.from({ length }, () => draws.below(256)));

/** None leaves a file as it was, save where chance puts the same bytes there. */
export const DAMAGES: Readonly<Record<string, Damage>> = {
  'a flipped bit': (bytes, draws) => {
    const changed = Buffer.from(bytes);
    const at = draws.below(bytes.length);
    changed[at] = (bytes[at] as number) ^ (1 << draws.below(8));
    return changed;
  },
  'another digit': (bytes, draws) => {
    const digits = [...bytes.keys()].filter((at) => (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39);
    const changed = Buffer.from(bytes);
    if (digits.length > 0) changed[draws.of(digits)] = 0x30 + draws.below(10);
    return changed;
  },
  'cut off': (bytes, draws) => bytes.subarray(0, draws.below(bytes.length)),
  'bytes lost': (bytes, draws) => {
    const [from, to] = cut(bytes, draws);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  'bytes twice': (bytes, draws) => {
    const [from, to] = cut(bytes, draws);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  zeros: (bytes, draws) => Buffer.from(bytes).fill(0, ...cut(bytes, draws)),
  'noise put in': (bytes, draws) => {
    const at = draws.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), noise(1 + draws.below(16), draws), bytes.subarray(at)]);
  },
  'noise at the end': (bytes, draws) => Buffer.concat([bytes, noise(1 + draws.below(16), draws)]),
  'a line twice': (bytes, draws) => {
    const lines = bytes.toString('latin1').split('\n');
    const at = draws.below(lines.length);
    return Buffer.from(lines.toSpliced(at, 0, lines[at] as string).join('\n'), 'latin1');
  },
  'a line lost': (bytes, draws) => {
    const lines = bytes.toString('latin1').split('\n');
    return Buffer.from(lines.toSpliced(draws.below(lines.length), 1).join('\n'), 'latin1');
  },
  'nothing left': () => Buffer.alloc(0),
  'other content': (bytes, draws) => noise(Math.min(bytes.length, 512), draws),
};

/** Texts of JSON values that no writer of ours puts there. */
const HOSTILE: readonly string[] = [
  ...['null', 'true', '0', '-1', '-0', '0.5', '1e308', '1e999', '-1e999', '9007199254740993', '4294967296'],
  ...['""', '"x"', '"\\u0000"', '"\\ud800"', '"__proto__"', '"../../etc"', `"${'x'.repeat(20_000)}"`],
  ...['[]', '{}', '[null]', '[[]]', '{"a":1}', '{"__proto__":{"a":1}}'],
  ...[`${'['.repeat(400)}${']'.repeat(400)}`, `[${'0,'.repeat(5_000)}0]`],
];

const MARK = '@@hostile@@';

/** JSON in which one value, somewhere, is another one, is gone, or has a neighbour that nobody knows. */
export function forge(json: string, draws: Draws): string {
  const value: unknown = JSON.parse(json);
  const holders = [...holdersIn({ root: value })];
  const [holder, key] = draws.of(holders);
  const isRoot = holder === holders[0]?.[0];
  const change = isRoot ? 9 : draws.below(10);
  if (Array.isArray(holder)) {
    if (change === 0) holder.splice(Number(key), 1);
    else holder[Number(key)] = MARK;
  } else if (change === 0) delete holder[key];
  else if (change === 1) holder.unknown = MARK;
  else holder[key] = MARK;
  const root = holders[0]?.[0] as { readonly root?: unknown };
  return (JSON.stringify(root.root) ?? 'null').replace(`"${MARK}"`, () => draws.of(HOSTILE));
}

type Holder = unknown[] | Record<string, unknown>;

/** Every place of a value: what holds it, and its key there. */
function* holdersIn(holder: Holder): Generator<readonly [Holder & Record<string, unknown>, string]> {
  for (const [key, value] of Object.entries(holder)) {
    yield [holder as Holder & Record<string, unknown>, key];
    if (typeof value === 'object' && value !== null) yield* holdersIn(value as Holder);
  }
}
