/** Views in which a run wrote texts, where they are several. */
export interface WrittenViews {
  /** The one that metrics without a view's name judge. */
  readonly judged: string;
  /** By name. */
  readonly others: readonly string[];
}
