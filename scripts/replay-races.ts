/**
 * Items a second of races in two precisions against the fixed passes of another build: `node dist/scripts/replay-races.js --today FOLDER --runs FOLDER
 * [--recorded N] [--items N] [--risk R] [--most-passes N]`. The made four-answer task is raced with `--precision mixed` on `tiny-diffugpt` (800 items;
 * kept in --runs, so that it is done once), and what each item took, rounds of each answer in int8 and in float32, is computed again on random weights of
 * GPT-2-small's shape and answers of HellaSwag's: as many questions in flight as in a run, rounds of all together. FOLDER of --today is a built
 * checkout of the version to beat, whose network is given the passes of `--passes 32`. Run it on an idle machine.
 */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ItemRecord } from '../src/core/record.ts';
import { onnxEngine } from '../src/engines/onnx/engine.ts';
import { executeRuns } from '../src/evaluate/execute-runs.ts';
import { RUN_DEFAULTS, type RunOptions } from '../src/evaluate/options.ts';
import { openNet } from '../src/lm/forward/forward.ts';
import { PassPool } from '../src/lm/forward/pass-pool.ts';
import type { Forward } from '../src/lm/forward/sequence.ts';
import { racedAnswer } from '../src/lm/likelihood/race/raced-answer.ts';
import type { Lowered } from '../src/lm/lowering/lowered.ts';
import type { Measured } from './bench-dtypes/measured.ts';
import { preparedEndings } from './bench-racing/story-endings.ts';
import { DENOISER } from './bench-scoring/masked-passes.ts';
import { checkpointOf, hellaswagShaped, secondsOf, verdict } from './bench-scoring/workbench.ts';

const CHILD = fileURLToPath(new URL('bench-dtypes/child.js', import.meta.url));
const [MODEL, TARGET, IN_FLIGHT, TODAYS_ITEMS] = ['tiny-diffugpt', 8, 16, 2];

/** What an item took. */
interface Taken {
  readonly rounds: readonly number[];
  readonly inFloat32: boolean;
}

const { values } = parseArgs({
  options: {
    ...{ today: { type: 'string' }, runs: { type: 'string' }, recorded: { type: 'string', default: '800' } },
    ...{ items: { type: 'string', default: '32' }, risk: { type: 'string' }, 'most-passes': { type: 'string' } },
  },
});
if (values.today === undefined || values.runs === undefined) throw new RangeError('--today and --runs must be given');
const options: RunOptions = {
  ...{ ...RUN_DEFAULTS, models: [MODEL], limit: Number(values.recorded), out: values.runs },
  ...{ passes: 'auto', precision: 'mixed' },
  ...(values.risk === undefined ? {} : { risk: Number(values.risk) }),
  ...(values['most-passes'] === undefined ? {} : { mostPasses: Number(values['most-passes']) }),
};
const [executed] = await executeRuns(await preparedEndings(options), options);
const recorded = executed?.stored.records.flatMap(takenBy) ?? [];
const again = recorded.filter(({ inFloat32 }) => inFloat32).length / recorded.length;
const raced = Number(values.items);
const racedAgain = Math.round(again * raced);
const chosen = [...everySoMany(true, racedAgain), ...everySoMany(false, raced - racedAgain)];

const checkpoint = await checkpointOf('gpt2-small', 'diffugpt');
const [exact, cheap] = [
  await openNet(checkpoint, await onnxEngine()),
  await openNet(checkpoint, await onnxEngine({ dtype: 'int8' })),
];
const items = hellaswagShaped(chosen.length, checkpoint.architecture.vocabularyRows);
await replayed(items.slice(0, 1), chosen.slice(0, 1), cheap.forward);
let passes = 0;
const seconds = await secondsOf(async () => {
  passes += await replayed(items, chosen, cheap.forward);
  const twice = [...chosen.keys()].filter((i) => chosen[i]?.inFloat32);
  const of = <Each>(all: readonly Each[]): Each[] => twice.map((i) => all[i] as Each);
  passes += await replayed(of(items), of(chosen), exact.forward);
});
await Promise.all([exact.dispose(), cheap.dispose()]);
const today = todays(resolve(values.today), checkpoint.folder);
const [before, now] = [today.work / today.seconds, chosen.length / seconds];
const detail =
  `${(1 / now).toFixed(2)} s an item against ${(1 / before).toFixed(2)} s; ${(passes / chosen.length).toFixed(1)} passes an item, ` +
  `${racedAgain} of ${raced} raced in float32 too, as ${(100 * again).toFixed(1)} % of ${recorded.length} recorded items were`;
const how = `risk ${options.risk ?? 'standard'}, at most ${options.mostPasses ?? 'standard'} passes`;
process.stdout.write(
  `${verdict(`four answers raced in two precisions (${how}), items/s against --passes 32`, now / before, TARGET, detail)}\n`,
);

function takenBy({ response }: ItemRecord): readonly Taken[] {
  const view = response.kind === 'answered' ? Object.values(response.views)[0] : undefined;
  if (view?.race === undefined) return [];
  return [{ rounds: view.race.rounds, inFloat32: view.alternatives[0]?.precision === 'float32' }];
}

/** So many of those recorded, as far apart as they can be: each part has the share that it has of all. */
function everySoMany(inFloat32: boolean, count: number): readonly Taken[] {
  const part = recorded.filter((taken) => taken.inFloat32 === inFloat32);
  return Array.from({ length: count }, (_, i) => part[Math.floor(((i + 0.5) * part.length) / count)] as Taken);
}

/** @returns passes */
async function replayed(all: readonly Lowered[][], taken: readonly Taken[], forward: Forward): Promise<number> {
  let passes = 0;
  for (let from = 0; from < all.length; from += IN_FLIGHT) {
    const races = all.slice(from, from + IN_FLIGHT).map((item, i) => {
      const pool = new PassPool();
      const key = `replay/${from + i}`;
      const { rounds } = taken[from + i] as Taken;
      return {
        pool,
        answers: item.map((lowered) => racedAnswer(lowered, key, { denoiser: DENOISER, seed: 0, pool })),
        rounds,
      };
    });
    const last = Math.max(...races.flatMap(({ rounds }) => rounds));
    for (let round = 0; round < last; round++) {
      const open = races.filter(({ rounds }) => Math.max(...rounds) > round);
      for (const { answers, rounds } of open) {
        for (const [i, answer] of answers.entries()) if ((rounds[i] as number) > round) answer.ask(round);
      }
      await PassPool.run(
        open.map(({ pool }) => pool),
        forward,
      );
    }
    passes += races.reduce((sum, { pool }) => sum + pool.size, 0);
  }
  return passes;
}

function todays(root: string, folder: string): Measured {
  const said = execFileSync(process.execPath, [CHILD, root, folder, 'float32', 'masked', String(TODAYS_ITEMS)], {
    ...{ encoding: 'utf8', env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' }, maxBuffer: 1 << 28 },
  });
  return JSON.parse(said) as Measured;
}
