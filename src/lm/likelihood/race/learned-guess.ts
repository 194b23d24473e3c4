/**
 * What the other draws of an answer say of a draw beforehand. Some tokens cost more than the full mask foretells, whichever others are masked
 * with them, and some make the others dearer where they are masked. With k of L tokens S masked, what token i costs beyond its first guess is
 * taken to be
 *
 *   t₀ + t₁ (1 − k/L) + √(1 − k/L) α_i + Σ_{j ∈ S, j ≠ i} β_j
 *
 * (under the full mask nothing is left to guess, hence the root). Trend, own effects and effects on others are fitted one after another by
 * least squares, each drawn towards 0: masks are random, so this is all but ridge regression. The mean over all S of k tokens is known; a draw
 * is held against its distance from that, with effects that were learned from draws of *other* strata, so that it stays unbiased (cross-fitting).
 *
 * @source Chernozhukov et al. 2018, "Double/debiased machine learning" (cross-fitting); Owen 2013, *Monte Carlo theory, methods and examples*,
 *   section 8.9 (control variates)
 */

export interface ResidualDraw {
  /** Offsets, ascending; not all of the answer. */
  readonly mask: readonly number[];
  /** Of each masked token, what it cost beyond its first guess. */
  readonly residuals: readonly number[];
}

/** Strata are dealt into so many parts; effects are learned from all parts but a draw's own. */
const PARTS = 8;
/** Observations of none that each effect is fitted with: of tokens for the trend, of draws for a token, of pairs of tokens for one on others. */
const NONE = { level: 2, slope: 0.5, own: 1, onOthers: 100 } as const;
/** About the mean of 1 − k/L, so that the trend's level hardly depends on its slope. */
const CENTER = 0.6;

/** By how much each draw, in pairs by stratum, is guessed to differ from the mean of all masks of as many tokens. */
export function learnedGuesses(draws: readonly ResidualDraw[], length: number): readonly number[] {
  const parts = Math.min(PARTS, draws.length >> 1);
  const partOf = (d: number): number => (d >> 1) % parts;
  if (parts < 2) return draws.map(() => 0);
  const learned = Array.from({ length: parts }, (_, part) =>
    effectsIn(
      draws.filter((_draw, d) => partOf(d) !== part),
      length,
    ),
  );
  return draws.map(({ mask }, d) => guessOf(mask, learned[partOf(d)] as Effects));
}

/** α and β of each token. */
interface Effects {
  readonly own: readonly number[];
  readonly onOthers: readonly number[];
}

function guessOf(mask: readonly number[], { own, onOthers }: Effects): number {
  const [k, length] = [mask.length, own.length];
  const ofMasked = (effects: readonly number[]): number => total(mask.map((offset) => effects[offset] as number)) / k;
  const beyondMean = ofMasked(own) - total(own) / length;
  return Math.sqrt(1 - k / length) * beyondMean + (k - 1) * (ofMasked(onOthers) - total(onOthers) / length);
}

function effectsIn(draws: readonly ResidualDraw[], length: number): Effects {
  const detrended = withoutTrend(draws, length);
  const own = ownEffects(detrended, length);
  const left = detrended.map(({ mask, residuals }) => ({
    mask,
    residuals: residuals.map((residual, at) => residual - shapeOf(mask, length) * (own[mask[at] as number] as number)),
  }));
  return { own, onOthers: effectsOnOthers(left, length) };
}

const shapeOf = (mask: readonly number[], length: number): number => Math.sqrt(1 - mask.length / length);

/** Less a line in 1 − k/L. */
function withoutTrend(draws: readonly ResidualDraw[], length: number): readonly ResidualDraw[] {
  const visible = ({ mask }: ResidualDraw): number => 1 - mask.length / length - CENTER;
  let [weight, moment, square] = [NONE.level, 0, NONE.slope];
  let [level, slope] = [0, 0];
  for (const draw of draws) {
    const [x, k, sum] = [visible(draw), draw.mask.length, total(draw.residuals)];
    weight += k;
    moment += k * x;
    square += k * x * x;
    level += sum;
    slope += sum * x;
  }
  const determinant = weight * square - moment * moment;
  const t0 = (level * square - moment * slope) / determinant;
  const t1 = (weight * slope - moment * level) / determinant;
  return draws.map((draw) => ({
    mask: draw.mask,
    residuals: draw.residuals.map((residual) => residual - t0 - t1 * visible(draw)),
  }));
}

function ownEffects(draws: readonly ResidualDraw[], length: number): readonly number[] {
  const [sums, squares] = [new Array<number>(length).fill(0), new Array<number>(length).fill(NONE.own)];
  for (const { mask, residuals } of draws) {
    const shape = shapeOf(mask, length);
    mask.forEach((offset, at) => {
      sums[offset] = (sums[offset] as number) + shape * (residuals[at] as number);
      squares[offset] = (squares[offset] as number) + shape * shape;
    });
  }
  return sums.map((sum, offset) => sum / (squares[offset] as number));
}

/** Each token's being masked, less the chance of that beside another masked one, against what the others cost. */
function effectsOnOthers(draws: readonly ResidualDraw[], length: number): readonly number[] {
  const [sums, squares] = [new Array<number>(length).fill(0), new Array<number>(length).fill(NONE.onOthers)];
  for (const { mask, residuals } of draws) {
    const chance = (mask.length - 1) / (length - 1);
    const all = total(residuals);
    let at = 0;
    for (let offset = 0; offset < length; offset++) {
      const isMasked = mask[at] === offset;
      const x = (isMasked ? 1 : 0) - chance;
      const others = isMasked ? all - (residuals[at] as number) : all;
      sums[offset] = (sums[offset] as number) + x * others;
      squares[offset] = (squares[offset] as number) + x * x * (isMasked ? mask.length - 1 : mask.length);
      if (isMasked) at += 1;
    }
  }
  return sums.map((sum, offset) => sum / (squares[offset] as number));
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
