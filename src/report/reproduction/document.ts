/** An experiment of the article, run again: what was planned, and what came of it. */
import type { FrontierDocument } from '../frontier/document.ts';
import type { SpeedDocument } from '../speed/document.ts';
import type { ConformanceTable } from '../view/conformance.ts';
import type { ReproductionPlan } from './plan.ts';

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
