/** Fills the additive attention bias of one sequence: causal, full, branched and annealed attention are data, not code. */

/** The additive bias of an entry that may not be attended to: the most negative float32. */
export const CLOSED = -3.4028234663852886e38;

/**
 * @param bias    the block `[slots, slots]` of one sequence, zeros on entry (all open); written in place
 * @param slots   slots of the block; the sequence fills the first `length`, the rest stay hidden from it
 * @param visible how far query q sees: calls `open(from, to)` for each run of keys it may attend to
 */
export function fillBias(
  bias: Float32Array,
  slots: number,
  length: number,
  visible: (query: number, open: (from: number, to: number) => void) => void,
): void {
  for (let query = 0; query < length; query++) {
    const row = bias.subarray(query * slots, (query + 1) * slots).fill(CLOSED);
    visible(query, (from, to) => row.fill(0, from, to));
  }
}
