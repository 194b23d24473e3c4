/** The time that a run has left, as its plan counts it; and how fast it went, for the next plan. */
import type { RunManifest } from '../../core/manifest.ts';
import type { Example } from '../../core/question.ts';
import type { Seconds } from '../../core/units.ts';
import { cacheFolder } from '../../files/package-root.ts';
import type { StoredRun } from '../../store/stored-run.ts';
import type { Work } from '../observer.ts';
import { secondsLeft, sizeOf } from './expected.ts';
import { keepRate, keptRate } from './kept-rates.ts';

interface PlannedItems {
  readonly manifest: RunManifest;
  readonly examples: readonly Example[];
}

/** @param resumed items done before */
export async function timeLeft(
  { manifest, examples }: PlannedItems,
  threads: number | null,
): Promise<(resumed: number) => NonNullable<Work['left']>> {
  const kept = await keptRate(cacheFolder(process.env), manifest, threads);
  // Characters of the items before each: done are the first ones, whatever order they are computed in.
  const before = [0];
  for (const example of examples) before.push((before.at(-1) as number) + sizeOf(example, manifest.model.family));
  const upTo = (done: number): number => before[Math.min(done, examples.length)] as number;
  return (resumed) => (done: number, elapsed: Seconds) =>
    secondsLeft(
      upTo(examples.length) - upTo(done),
      upTo(done) - upTo(resumed),
      elapsed,
      kept?.secondsPerCharacter ?? null,
    );
}

/** Keeps the rate of the session that just ended, and gives back what was stored. */
export async function keepSession<Executed extends { readonly stored: Pick<StoredRun, 'environment'> }>(
  { manifest, examples }: PlannedItems,
  threads: number | null,
  executed: Executed,
  { newItems }: { readonly newItems: number },
): Promise<Executed> {
  const session = executed.stored.environment.sessions.at(-1);
  if (newItems === 0 || session?.work === undefined) return executed;
  const { items, flops } = session.work;
  const size = examples.reduce((sum, example) => sum + sizeOf(example, manifest.model.family), 0);
  const measured = { flops, size: (size * items) / Math.max(1, examples.length), seconds: session.seconds };
  await keepRate(cacheFolder(process.env), manifest, threads, measured);
  return executed;
}
