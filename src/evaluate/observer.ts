/** Who looks on while models are evaluated: told of progress, able to stop it. Nothing that it does changes a result. */

import type { Seconds } from '../core/units.ts';

/** A stretch of work whose length is known. */
export interface Work {
  /** What is computed, such as `piqa, gpt2-m`. */
  readonly label: string;
  readonly total: number;
  /** Items that were done before this process began. */
  readonly resumed: number;
  /**
   * Seconds that are left, as a plan counts them; null where nothing is known yet. Absent: items alike.
   *
   * @param done    items, those of an earlier process included
   * @param elapsed since this process began with them
   */
  readonly left?: (done: number, elapsed: Seconds) => Seconds | null;
}

export interface Progress {
  /** Items done so far, those of an earlier, resumed process included. */
  update(done: number): void;
  /** The work is over, also after a failure. */
  stop(): void;
}

export interface Observer {
  started(work: Work): Progress;
  /** Something takes a while whose length is not known, such as opening a model. @returns to call when it is over */
  preparing(what: string): () => void;
  /** What is worth knowing and no part of a result, in one sentence. */
  noted(sentence: string): void;
  /** A few words to be shown beside the progress of what is under way, until others come; empty: none. */
  readonly beside?: (words: string) => void;
  /** Aborted: the batch in hand is finished or dropped, and what is done is stored. */
  readonly signal: AbortSignal;
}

/** Nobody looks on, and nothing stops. */
export const SILENT: Observer = {
  started: () => ({ update() {}, stop() {} }),
  preparing: () => () => {},
  noted() {},
  signal: new AbortController().signal,
};
