/** What an experiment of the article would run. */

/** A model on a task, or its texts. */
export interface PlannedCell {
  readonly model: string;
  /** The task, or what is written. */
  readonly what: string;
  readonly settings: string;
  /** What to type for what is not here; null where all is. */
  readonly missing: string | null;
  /** null where none are asked. */
  readonly items: number | null;
  /** Forward passes, about; of left-to-right texts a pass a token. */
  readonly passes: number;
}

export interface ReproductionPlan {
  readonly name: string;
  readonly title: string;
  readonly notes: readonly string[];
  /** Built-in checkpoints on built-in rows stand in for all of it. */
  readonly isSmoke: boolean;
  readonly cells: readonly PlannedCell[];
}
