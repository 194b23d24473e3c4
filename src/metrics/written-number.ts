/** The number that a written answer ends in, and whether it is the right one. */

/** With or without sign, thousands commas and decimals; a fraction `a/b` is two numbers. */
const NUMBER = /-?\d+(?:,\d{3})+(?:\.\d+)?|-?\d*\.?\d+/g;

/** @returns the last number of the text; null where it has none */
export function lastNumber(text: string): number | null {
  const found = text.match(NUMBER)?.at(-1);
  return found === undefined ? null : Number(found.replaceAll(',', ''));
}

/** Relative; published answers are rounded to four decimals or more. */
const TOLERANCE = 1e-4;

export const isNumber = (found: number | null, wanted: number): boolean =>
  found !== null && Math.abs(found - wanted) <= TOLERANCE * Math.max(1, Math.abs(wanted));
