/** Notices a run that has gone astray. One wild batch does not count: 1/t weights make single losses jump. */

/** Losses that are remembered, and the least number of them to judge by. */
const WINDOW = 100;
const LEAST = 20;
/** Losses in a row that must be too high. */
const IN_A_ROW = 5;
/** Share of the loss at the start below which nothing is too high: what is learnt by heart jumps between nothing and next to nothing. */
const HARMLESS = 0.1;

export interface DivergenceMonitor {
  /** What is wrong with the run after this loss, in words; null while nothing is. */
  observe(loss: number): string | null;
}

/** @param factor how many times the running median the last five losses must exceed, besides a tenth of the median of the first twenty */
export function divergenceMonitor(factor: number): DivergenceMonitor {
  const recent: number[] = [];
  let start = 0;
  let high = 0;
  return {
    observe(loss) {
      if (!Number.isFinite(loss)) return `the loss is ${loss}`;
      const median = recent.length < LEAST ? null : medianOf(recent);
      if (recent.length === LEAST && start === 0) start = medianOf(recent);
      high = median !== null && loss > Math.max(factor * median, HARMLESS * start) ? high + 1 : 0;
      if (median !== null && high >= IN_A_ROW) {
        return `the loss has been above ${factor} times its running median ${median.toPrecision(3)} for ${IN_A_ROW} steps, now ${loss.toPrecision(3)}`;
      }
      recent.push(loss);
      if (recent.length > WINDOW) recent.shift();
      return null;
    },
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[upper] as number)
    : ((sorted[upper - 1] as number) + (sorted[upper] as number)) / 2;
}
