/** What the process that holds locks and the one that computes say to each other. */
import type { ErrorCode } from '../../core/errors.ts';
import type { OwnOptions, QueuePlan } from '../plan.ts';
import type { HandedUnit } from '../unit.ts';

/** What a worker is told when it is started. */
export interface WorkerSettings extends OwnOptions {
  /** Places of models, as after `--models`; they stand in for those that the collector named. */
  readonly models: readonly string[] | null;
}

export interface Order {
  readonly plan: QueuePlan;
  /** A unit of it; null: check whether it can be computed here. */
  readonly unit: HandedUnit | null;
  readonly own: WorkerSettings;
  /** Under which the worker is known. */
  readonly name: string;
}

export type Reply =
  /** It can be computed here. */
  | { readonly kind: 'ready' }
  /** It cannot. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** What the unit gave, see `resultText`. */
  | { readonly kind: 'answered'; readonly result: string; readonly items: number; readonly seconds: number }
  | { readonly kind: 'failed'; readonly code: ErrorCode | null; readonly reason: string };
