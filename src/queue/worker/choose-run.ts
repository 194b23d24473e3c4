/** A run whose units are handed out. */
export interface OpenRun {
  readonly id: string;
  /** Digest of its weights. */
  readonly model: string;
  /** Units that nobody has. */
  readonly waiting: number;
  /** On it already. */
  readonly workers: number;
}

/**
 * The run that a worker computes units of next: one of the model that it has loaded; where none of these waits, one of another. Among several
 * the one with the most units for each worker, so that no run is left to one worker; none waits for another model while a unit of any is there.
 *
 * @param loaded digest of the weights that are loaded; null = none
 */
export function chooseRun(runs: readonly OpenRun[], loaded: string | null): OpenRun | null {
  const open = runs.filter(({ waiting }) => waiting > 0);
  const near = open.filter(({ model }) => model === loaded);
  const share = ({ waiting, workers }: OpenRun) => waiting / (1 + workers);
  const [first = null, ...others] = near.length > 0 ? near : open;
  return others.reduce((best, run) => (best !== null && share(run) > share(best) ? run : best), first);
}
