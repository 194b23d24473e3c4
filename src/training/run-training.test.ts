import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bigramState, bigramTrainable, TABLE } from '../../test/training/bigram-trainable.ts';
import { stream } from '../core/numbers/random.ts';
import { drawBatch } from './data/draw-batch.ts';
import { textRow } from './data/training-row.ts';
import { runTraining, type TrainingObserver, type TrainingPlan } from './run-training.ts';
import { TrainingFolder } from './training-folder.ts';

const ROWS = 6;
const OPTIMIZER = { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0.1, clip: 1 } as const;
const STEPS = 24;

/** Tokens count upwards: what follows is certain, so the loss can fall to zero. */
const plan = (changes: Partial<TrainingPlan> = {}): TrainingPlan => ({
  identity: 'a',
  schedule: { kind: 'cosine', peak: 0.3, warmup: 3, floor: 0.1, steps: STEPS },
  checkpointEvery: 5,
  divergenceFactor: 4,
  batches: (step) => {
    const rows = Array.from({ length: 4 }, (_, b) => {
      const from = Math.floor(stream(0, 'row', step, b).uniform(0) * ROWS);
      return textRow(Int32Array.from({ length: 8 }, (_, i) => (from + i) % ROWS));
    });
    return [drawBatch(rows, { kind: 'autoregressive' }, { seed: 0, step, micro: 0, micros: 1 })];
  },
  measure: async (step) => (step % 6 === 0 ? { heldOut: [] } : null),
  ...changes,
});

/** Stops after `last` steps. */
function observer(last = Number.POSITIVE_INFINITY): TrainingObserver & { readonly losses: number[] } {
  const stop = new AbortController();
  const losses: number[] = [];
  return {
    losses,
    signal: stop.signal,
    onStep({ step, loss }) {
      losses.push(loss);
      if (step >= last) stop.abort();
    },
    onMeasured() {},
  };
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'bench-training-'));
const train = (path: string, what: TrainingPlan, watch: TrainingObserver) =>
  runTraining(what, bigramTrainable(ROWS, OPTIMIZER), async () => bigramState(ROWS), new TrainingFolder(path), watch);
const bytes = (path: string, file: string) => readFileSync(join(path, file));

describe('the training loop', () => {
  it('learns', async () => {
    const watch = observer();
    expect(await train(newFolder(), plan(), watch)).toEqual({ steps: STEPS, finished: true });
    expect(watch.losses[0]).toBeCloseTo(Math.log(ROWS), 5);
    expect(watch.losses.at(-1)).toBeLessThan(0.2);
  });

  it.each([1, 5, 7, 23])('ends with the same bytes when it is stopped after step %d and resumed', async (last) => {
    const [whole, broken] = [newFolder(), newFolder()];
    await train(whole, plan(), observer());
    expect(await train(broken, plan(), observer(last))).toEqual({ steps: last, finished: false });
    expect(await train(broken, plan(), observer())).toEqual({ steps: STEPS, finished: true });
    for (const file of ['state.safetensors', 'metrics.jsonl'])
      expect(bytes(broken, file), file).toEqual(bytes(whole, file));
  });

  it('ends with the same bytes after a failure between two checkpoints', async () => {
    const [whole, broken] = [newFolder(), newFolder()];
    await train(whole, plan(), observer());
    const { batches } = plan();
    const failing = plan({
      batches: (step) => {
        if (step === 13) throw new Error('power cut');
        return batches(step);
      },
    });
    await expect(train(broken, failing, observer())).rejects.toThrow('power cut');
    await train(broken, plan(), observer());
    for (const file of ['state.safetensors', 'metrics.jsonl'])
      expect(bytes(broken, file), file).toEqual(bytes(whole, file));
  });

  it('stops at a loss that is not a number, names step and checkpoint, and goes back to that checkpoint', async () => {
    const path = newFolder();
    const trainable = bigramTrainable(ROWS, OPTIMIZER);
    const { batches } = plan();
    const poisoned = plan({
      batches: (step) =>
        batches(step).map((batch) =>
          step === 12 ? { ...batch, weights: batch.weights.map(() => Number.NaN) } : batch,
        ),
    });
    const folder = new TrainingFolder(path);
    const run = runTraining(poisoned, trainable, async () => bigramState(ROWS), folder, observer());
    await expect(run).rejects.toThrow(/step 13: the loss is NaN; the last good checkpoint is step 10 in/);
    const { steps, parameters } = await trainable.state();
    expect(steps).toBe(10);
    expect([...(parameters.get(TABLE)?.data ?? [])].every(Number.isFinite)).toBe(true);
  });

  it('refuses the state of another configuration', async () => {
    const path = newFolder();
    await train(path, plan(), observer(3));
    await expect(train(path, plan({ identity: 'b' }), observer())).rejects.toThrow(/another configuration/);
  });

  it('does nothing more to a finished run', async () => {
    const path = newFolder();
    await train(path, plan(), observer());
    const before = bytes(path, 'state.safetensors');
    const watch = observer();
    expect(await train(path, plan(), watch)).toEqual({ steps: STEPS, finished: true });
    expect(watch.losses).toEqual([]);
    expect(bytes(path, 'state.safetensors')).toEqual(before);
  });
});
