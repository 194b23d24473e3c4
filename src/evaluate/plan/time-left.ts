/** The time that a run has left, as its plan counts it; and how fast it went, for the next plan. */
import type { RunManifest } from '../../core/manifest.ts';
import type { Example } from '../../core/question.ts';
import type { Seconds } from '../../core/units.ts';
import { cacheFolder } from '../../files/package-root.ts';
import type { StoredRun } from '../../store/stored-run.ts';
import type { Work } from '../observer.ts';
import { secondsLeft, sizeOf } from './expected.ts';
import { keepRate, keptRate } from './kept-rates.ts';

/** A run and the characters of its items. */
interface SizedRun {
  readonly manifest: RunManifest;
  /** Before each item, and of all at the end: done are the first ones, whatever order they are computed in. */
  readonly before: readonly number[];
}

export function sizedRun(manifest: RunManifest, examples: readonly Example[]): SizedRun {
  const before = [0];
  for (const example of examples) before.push((before.at(-1) as number) + sizeOf(example, manifest.model.family));
  return { manifest, before };
}

/** @param resumed items done before */
export async function timeLeft(
  { manifest, before }: SizedRun,
  threads: number | null,
): Promise<(resumed: number) => NonNullable<Work['left']>> {
  const kept = await keptRate(cacheFolder(process.env), manifest, threads);
  const all = before.length - 1;
  const upTo = (done: number): number => before[Math.min(done, all)] as number;
  return (resumed) => (done: number, elapsed: Seconds) =>
    secondsLeft(upTo(all) - upTo(done), upTo(done) - upTo(resumed), elapsed, kept?.secondsPerCharacter ?? null);
}

/** Keeps the rate of the session that just ended, and gives back what was stored. */
export async function keepSession<Executed extends { readonly stored: Pick<StoredRun, 'environment'> }>(
  { manifest, before }: SizedRun,
  threads: number | null,
  executed: Executed,
  { newItems }: { readonly newItems: number },
): Promise<Executed> {
  const session = executed.stored.environment.sessions.at(-1);
  if (newItems === 0 || session?.work === undefined) return executed;
  const { items, flops } = session.work;
  const size = ((before.at(-1) as number) * items) / Math.max(1, before.length - 1);
  const measured = { flops, size, seconds: session.seconds };
  await keepRate(cacheFolder(process.env), manifest, threads, measured);
  return executed;
}
