/**
 * Races on a network of GPT-2 small's shape, where only cost matters: `node dist/scripts/replay-racing.js RUN [ITEMS [DTYPE]]` takes lengths and
 * rounds of the answers of a stored race (a run folder, such as those of bench-racing.js with BENCH_RACING_RUNS), asks the same rounds of random
 * weights, and prints items a second beside `--passes 32` of the same lengths; with BENCH_BASE, the built folder of d24ebd1, of that
 * version. Default: 16 items, float32. Writes random checkpoints to BENCH_SCRATCH. Jobs take turns; the best of two is taken.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stream } from '../src/core/numbers/random.ts';
import type { WeightDtype } from '../src/engines/engine.ts';
import { onnxEngine } from '../src/engines/onnx/engine.ts';
import { openNet } from '../src/lm/forward/forward.ts';
import { gathered } from '../src/lm/forward/gather.ts';
import { PassPool } from '../src/lm/forward/pass-pool.ts';
import { planBound } from '../src/lm/likelihood/bound.ts';
import { RacedAnswer } from '../src/lm/likelihood/race/raced-answer.ts';
import type { Lowered } from '../src/lm/lowering/lowered.ts';
import { readRun } from '../src/store/read-run.ts';
import { bestOfAlternating, checkpointOf } from './bench-scoring/workbench.ts';

const [folder, itemsGiven = '16', dtype = 'float32'] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: replay-racing.js RUN [ITEMS [DTYPE]]');
const CONTEXT = 70;
const FIXED = { passes: 32, seed: 0 };

interface Raced {
  readonly answers: readonly Lowered[];
  readonly rounds: readonly number[];
}

const checkpoint = await checkpointOf('gpt2-small', 'diffugpt');
const rows = checkpoint.architecture.vocabularyRows;
const denoiser = { maskId: checkpoint.options.maskId as number, shift: true, openFraction: 1 };
const items = (await recorded(folder)).slice(0, Number(itemsGiven));
const { forward, dispose } = await openNet(checkpoint, await onnxEngine({ dtype: dtype as WeightDtype }), {});
const base = process.env.BENCH_BASE ?? null;
const fixed = base === null ? fixedHere() : await fixedOf(base);
const together = gathered(forward);
let passes = 0;
const race = async () => {
  const sizes = await Promise.all(items.map((item, at) => raced(item, at)));
  passes = sizes.reduce((sum, size) => sum + size, 0);
};
await race();
const [raceSeconds, fixedSeconds] = await bestOfAlternating(2, race, fixed);
await dispose();
const rate = (seconds: number) => (items.length / seconds).toFixed(3);
process.stdout.write(
  `${items.length} items, ${(passes / items.length).toFixed(1)} passes an item: races (${dtype}) ${rate(raceSeconds)} items/s, ` +
    `--passes 32${base === null ? '' : ' of the other version'} (float32) ${rate(fixedSeconds)} items/s, ratio ${(fixedSeconds / raceSeconds).toFixed(2)}\n`,
);
process.exit(0);

async function raced({ answers, rounds }: Raced, item: number): Promise<number> {
  const pool = new PassPool();
  const racers = answers.map((answer) => new RacedAnswer(answer, `replay/${item}`, { denoiser, seed: 0, pool }));
  for (let round = 0; round < Math.max(...rounds); round++) {
    racers.forEach((racer, i) => {
      if ((rounds[i] as number) > round) racer.ask(round);
    });
    await PassPool.run([pool], together);
  }
  return pool.size;
}

function fixedHere(): () => Promise<void> {
  return () =>
    PassPool.run(
      items.map(({ answers }, item) => {
        const pool = new PassPool();
        for (const answer of answers) planBound(answer, `replay/${item}`, denoiser, FIXED, pool);
        return pool;
      }),
      forward,
    );
}

/** The same passes by the code and engine of d24ebd1, whose files these are. */
async function fixedOf(built: string): Promise<() => Promise<void>> {
  const load = (path: string) => import(pathToFileURL(join(built, 'dist', path)).href);
  const [bound, pools, nets, engines, opening] = await Promise.all(
    ['lm/bound', 'lm/pass-pool', 'lm/open-net', 'engines/onnx/engine', 'checkpoints/open'].map((file) =>
      load(`src/${file}.js`),
    ),
  );
  const theirs = await opening.openCheckpoint(checkpoint.folder);
  const net = await nets.openNet(theirs, await engines.onnxEngine(), {});
  return () =>
    pools.PassPool.run(
      items.map(({ answers }, item) => {
        const pool = new pools.PassPool();
        for (const answer of answers) bound.planBound(answer, `replay/${item}`, denoiser, FIXED, pool);
        return pool;
      }),
      net.forward,
    );
}

/** Lengths and rounds of every item; the tokens are drawn. */
async function recorded(run: string): Promise<readonly Raced[]> {
  const { records } = await readRun(run);
  return records.flatMap(({ response }, item) => {
    const view = response.kind === 'answered' ? Object.values(response.views)[0] : undefined;
    if (view?.race === undefined) return [];
    const random = stream(1, 'replay-item', item);
    const id = (counter: number) => Math.floor(random.uniform(counter) * rows);
    const context = Array.from({ length: CONTEXT }, (_, i) => id(i));
    const answers = view.alternatives.map(({ tokens }, a) => ({
      ids: Int32Array.of(...context, ...Array.from({ length: tokens }, (_, i) => id(1000 * (a + 1) + i))),
      scored: Array.from({ length: tokens }, (_, i) => CONTEXT + i),
      crossing: false,
    }));
    return [{ answers, rounds: view.race.rounds }];
  });
}
