/**
 * The steps of a text as they are stored: positions as places in the list of maskable ones and only where they cannot be known
 * otherwise, tokens only where they changed, confidences in thousandths of a nat. `results/README.md` documents the form.
 */
import { z } from 'zod';
import type { ItemTrace, TextTrace, TraceStep } from '../../core/trace.ts';

/** In the place of a token: the same as at the last step that proposed one here. */
const UNCHANGED = -1;
const PER_NAT = 1000;
/** Far above any model's context. */
const MOST_POSITIONS = 1 << 22;

const whole = z.int().nonnegative();
const packedStep = z.strictObject({
  remaining: whole,
  asked: z.union([z.enum(['masked', 'all']), z.array(whole)]),
  tokens: z.array(z.int().min(UNCHANGED)),
  millinats: z.array(z.int()),
  revealed: z.array(whole),
});
const packedText = z.strictObject({
  view: z.string(),
  steps: whole,
  draw: whole,
  maskable: z
    .array(z.tuple([whole, whole]))
    .refine((runs) => runs.reduce((sum, [, count]) => sum + count, 0) <= MOST_POSITIONS, 'too many positions'),
  context: z.strictObject({ before: z.string(), after: z.string() }),
  path: z.array(packedStep),
  pieces: z.record(z.string(), z.string()),
});
export const packedTraceSchema = z.strictObject({ id: z.string(), index: whole, texts: z.array(packedText) });

export type PackedTrace = z.infer<typeof packedTraceSchema>;
type PackedStep = z.infer<typeof packedStep>;

export function packTrace({ id, index, texts }: ItemTrace): PackedTrace {
  return { id, index, texts: texts.map(packText) };
}

/** The inverse of `packTrace`, confidences rounded to thousandths. @throws RangeError where steps and positions do not fit */
export function unpackTrace({ id, index, texts }: PackedTrace): ItemTrace {
  return { id, index, texts: texts.map(unpackText) };
}

function packText({ maskable, path, ...text }: TextTrace): PackedTrace['texts'][number] {
  const placeOf = new Map(maskable.map((position, place) => [position, place]));
  const places = (positions: readonly number[]) => positions.map((position) => placeOf.get(position) as number);
  const seen = new Seen(maskable.length);
  const packed = path.map(({ remaining, positions, tokens, confidences, revealed }): PackedStep => {
    const at = places(positions);
    const step = {
      remaining,
      asked: seen.name(at),
      tokens: tokens.map((token, i) => (seen.token(at[i] as number, token) ? UNCHANGED : token)),
      millinats: confidences.map((confidence) => Math.round(-PER_NAT * confidence) + 0),
      revealed: places(revealed),
    };
    seen.reveal(step.revealed);
    return step;
  });
  return { ...text, maskable: runsOf(maskable), path: packed };
}

function unpackText({ maskable: runs, path, ...text }: PackedTrace['texts'][number]): TextTrace {
  const maskable = runs.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i));
  const positionOf = (place: number): number => {
    const position = maskable[place];
    if (position === undefined) throw new RangeError(`place ${place} of ${maskable.length} maskable positions`);
    return position;
  };
  const seen = new Seen(maskable.length);
  const steps = path.map(({ remaining, asked, tokens, millinats, revealed }): TraceStep => {
    const at = typeof asked === 'string' ? seen.named(asked) : asked;
    if (at.length !== tokens.length || at.length !== millinats.length) {
      throw new RangeError(`${tokens.length} tokens, ${millinats.length} confidences for ${at.length} positions`);
    }
    const step = {
      remaining,
      positions: at.map(positionOf),
      tokens: tokens.map((token, i) => seen.restore(at[i] as number, token)),
      confidences: millinats.map((value) => 0 - value / PER_NAT),
      revealed: revealed.map(positionOf),
    };
    seen.reveal(revealed);
    return step;
  });
  return { ...text, maskable, path: steps };
}

/** What earlier steps showed, by place. */
class Seen {
  readonly #tokens: (number | undefined)[];
  readonly #masked: Set<number>;

  constructor(count: number) {
    this.#tokens = new Array<number | undefined>(count);
    this.#masked = new Set(Array.from({ length: count }, (_, place) => place));
  }

  /** Places by name where a name says them. */
  name(places: readonly number[]): PackedStep['asked'] {
    const named = (['masked', 'all'] as const).find((name) => isSame(this.named(name), places));
    return named ?? [...places];
  }

  named(name: 'masked' | 'all'): readonly number[] {
    return name === 'masked' ? [...this.#masked] : [...this.#tokens.keys()];
  }

  /** Whether the token is the last one proposed here; remembers it. */
  token(place: number, token: number): boolean {
    const isSameToken = this.#tokens[place] === token;
    this.#tokens[place] = token;
    return isSameToken;
  }

  restore(place: number, token: number): number {
    const restored = token === UNCHANGED ? this.#tokens[place] : token;
    if (restored === undefined) throw new RangeError(`no earlier token at place ${place}`);
    this.#tokens[place] = restored;
    return restored;
  }

  reveal(places: readonly number[]): void {
    for (const place of places) this.#masked.delete(place);
  }
}

/** Ascending numbers as unbroken runs, `[first, count]`. */
function runsOf(numbers: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === number) last[1] += 1;
    else runs.push([number, 1]);
  }
  return runs;
}

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
