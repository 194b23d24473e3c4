/** An experiment of the article, run again: what was planned, and what came of it. */
import type { FrontierDocument } from '../frontier/document.ts';
import type { SpeedDocument } from '../speed/document.ts';
import type { ConformanceTable } from '../view/conformance.ts';

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

export const REPRODUCTION_FORMAT = 'bench-reproduction/1';

/** Something planned that could not be run. */
export interface NotRun {
  readonly what: string;
  readonly reason: string;
}

/** An arm of the miniature beside rows whose weights nobody published. */
export interface MiniatureArm {
  readonly name: string;
  readonly task: string;
  /** Share of right answers by seed. */
  readonly bySeed: readonly number[];
}

export interface Reproduction {
  readonly format: typeof REPRODUCTION_FORMAT;
  readonly plan: ReproductionPlan;
  /** Folder of the runs. */
  readonly out: string;
  readonly runs: number;
  readonly tables: readonly ConformanceTable[];
  readonly frontiers: readonly FrontierDocument[];
  readonly speeds: readonly SpeedDocument[];
  /** null where the experiment has no part in it. */
  readonly miniature: readonly MiniatureArm[] | null;
  readonly notRun: readonly NotRun[];
}
