/** One alternative, in tokens. */
export interface Lowered {
  readonly ids: Int32Array;
  /** Positions of the answer, ascending. */
  readonly scored: readonly number[];
  /** A token straddles the border between visible and scored text; it counts as answer. */
  readonly crossing: boolean;
}
