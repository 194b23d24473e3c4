/**
 * Every whole number that given numbers can make, by another way than the depth-first search of `scripts/make-countdown/solve.ts`:
 * the values of each subset from the values of its two parts.
 */

/** Can `target` be made from all of `numbers` with + - * /, no negative differences, exact quotients? */
export function isReachable(numbers: readonly number[], target: number): boolean {
  const values: Set<number>[] = [new Set()];
  const all = (1 << numbers.length) - 1;
  for (let subset = 1; subset <= all; subset++) {
    const made = new Set<number>();
    const single = numbers[31 - Math.clz32(subset)];
    if ((subset & (subset - 1)) === 0 && single !== undefined) made.add(single);
    for (let part = (subset - 1) & subset; part > 0; part = (part - 1) & subset) {
      for (const a of values[part] ?? []) for (const b of values[subset ^ part] ?? []) combine(a, b, made);
    }
    values.push(made);
  }
  return values[all]?.has(target) ?? false;
}

function combine(a: number, b: number, made: Set<number>): void {
  made.add(a + b).add(a * b);
  if (a >= b) made.add(a - b);
  if (b !== 0 && a % b === 0) made.add(a / b);
}
