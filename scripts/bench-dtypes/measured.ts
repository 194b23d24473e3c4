/** `choice`: items of HellaSwag's shape; `masked`: these with 32 passes each; `long`: items of 512 tokens; `greedy`: tokens one after the other. */
export type Job = 'choice' | 'masked' | 'long' | 'greedy';

/** What one process took. */
export interface Measured {
  /** Seconds from opening the checkpoint to an engine that can be asked. */
  readonly ready: number;
  readonly seconds: number;
  /** Items, or tokens of `greedy`. */
  readonly work: number;
  readonly anonymous: number;
  readonly peak: number;
  readonly logprobs: readonly number[];
}
