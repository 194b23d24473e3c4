/** 1 / (1 + e^−x). */
export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

const REACH = 8;
const STEP = 0.02;

/** Mean of logistic(center + deviation · Z), Z standard normal: the accuracy over problems of that difficulty. By the trapezoidal rule. */
export function meanAccuracy(center: number, deviation: number): number {
  let [total, weights] = [0, 0];
  for (let z = -REACH; z <= REACH; z += STEP) {
    const weight = Math.exp(-0.5 * z * z);
    total += weight * logistic(center + deviation * z);
    weights += weight;
  }
  return total / weights;
}

/** The centre with `meanAccuracy(center, deviation)` = accuracy, by bisection. */
export function centerOf(accuracy: number, deviation: number): number {
  let [low, high] = [-40, 40];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (meanAccuracy(middle, deviation) < accuracy) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
