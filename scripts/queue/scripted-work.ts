/** A run over a queue whose items cost nothing, so that what is left is the queue's own work. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Seconds } from '../../src/core/units.ts';
import { RUN_DEFAULTS } from '../../src/evaluate/options.ts';
import type { RunToAnswer } from '../../src/evaluate/run-parts.ts';
import { resultText } from '../../src/queue/result.ts';
import type { WorkerSettings } from '../../src/queue/worker/messages.ts';
import type { Computer } from '../../src/queue/worker/work.ts';
import { asker } from '../../src/runner/ask-unit.ts';
import { planRun } from '../../src/runner/plan.ts';
import { scriptedRun } from '../../test/scripted/scripted-run.ts';

/** As typed, of a run that nobody could open: its workers are scripted. */
export const scriptedToAnswer = (unitSize: number): RunToAnswer => ({
  model: 'scripted',
  task: 'scripted',
  options: { ...RUN_DEFAULTS, models: ['scripted'], tasks: ['scripted'] },
  unitSize,
});

export const SCRIPTED_SETTINGS: WorkerSettings = {
  ...{ models: null, threads: 1, batchTokens: null, dataDir: null, unsafeNoSandbox: false },
};

/**
 * Computes units of `scriptedRun({ rows })`.
 *
 * @param secondsAnItem that it says it took; by it the collector cuts
 * @param waits whether it takes them
 */
export function scriptedComputer(rows: number, secondsAnItem: Seconds, waits: boolean): Computer {
  const run = scriptedRun({ rows });
  const ask = asker(run);
  const items = planRun(run.manifest, run.examples, { unitSize: rows, order: 'dataset' })[0]?.items ?? [];
  return {
    async ask({ unit, name }) {
      if (unit === null) return { kind: 'ready' };
      const { from, count } = unit;
      const seconds = secondsAnItem * count;
      if (waits) await sleep(1000 * seconds);
      const asked = { number: from, items: items.slice(from, from + count) };
      const answered = await ask(asked);
      const by = { name, seconds, peakMemoryBytes: 1, machine: run.machine };
      return { kind: 'answered', result: resultText({ ...answered, unit: unit.id, from, by }), items: count, seconds };
    },
    end() {},
  };
}
