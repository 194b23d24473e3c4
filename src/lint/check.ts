/** What one check of the evaluator itself found. */
import type { ErrorCode } from '../core/errors.ts';

export type CheckName =
  | 'files'
  | 'causal'
  | 'bidirectional'
  | 'packing'
  | 'head'
  | 'tied-head'
  | 'end-tokens'
  | 'shift'
  | 'vocabulary'
  | 'mask-id'
  | 'double-bos'
  | 'empty-answer'
  | 'unknown-tokens'
  | 'gold-labels'
  | 'knobs';

export interface Check {
  readonly name: CheckName;
  /** `warning`: numbers may not mean what they should; `error`: they do not; `skipped`: nothing to check here. */
  readonly state: 'ok' | 'warning' | 'error' | 'skipped';
  /** What was looked at, or is wrong; a clause without a full stop. */
  readonly found: string;
  /** What to do or type next; null where nothing is wrong. */
  readonly advice: string | null;
  /** Of the error that stops a run. */
  readonly code: ErrorCode;
  /** Some of the items that show it. */
  readonly ids: readonly string[];
}

type Details = Partial<Pick<Check, 'code' | 'ids'>>;

export const passed = (name: CheckName, found: string): Check => check(name, 'ok', found, null);
export const skipped = (name: CheckName, found: string): Check => check(name, 'skipped', found, null);
export const suspect = (name: CheckName, found: string, advice: string, details: Details = {}): Check =>
  check(name, 'warning', found, advice, details);
export const broken = (name: CheckName, found: string, advice: string, details: Details = {}): Check =>
  check(name, 'error', found, advice, details);

function check(
  name: CheckName,
  state: Check['state'],
  found: string,
  advice: string | null,
  { code = 'bad-checkpoint', ids = [] }: Details = {},
): Check {
  return { name, state, found, advice, code, ids: ids.slice(0, 5) };
}
