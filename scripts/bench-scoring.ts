/**
 * Speed and memory of scoring, as ratios within one run: `node dist/scripts/bench-scoring.js [section …]`, sections
 * forward, ar, diffusion, noise, duel, exact, medium, linear, startup (default: all). Run it on an idle machine. Writes random
 * checkpoints of published shapes to BENCH_SCRATCH (default: the system's temporary folder), 2 GB in all.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openCheckpoint } from '../src/checkpoints/open.ts';
import { onnxEngine } from '../src/engines/onnx/engine.ts';
import { openNet } from '../src/lm/forward/forward.ts';
import { branch } from '../src/lm/lowering/branch.ts';
import { duelRate, exactShare } from './bench-scoring/duel-rate.ts';
import { forwardRate } from './bench-scoring/forward-rate.ts';
import { marginNoise } from './bench-scoring/margin-noise.ts';
import { mediumMemory } from './bench-scoring/medium-memory.ts';
import { autoregressiveRatio, officialRatio } from './bench-scoring/multiple-choice.ts';
import { checkpointOf, hellaswagShaped, secondsOf, verdict } from './bench-scoring/workbench.ts';

const ROOT = new URL('../../', import.meta.url);

const SECTIONS: Readonly<Record<string, () => Promise<string[]>>> = {
  forward: async () => forwardRate(await checkpointOf('gpt2-small', 'gpt2'), await onnxEngine()),
  ar: async () => autoregressiveRatio(await checkpointOf('gpt2-small', 'gpt2'), await onnxEngine()),
  diffusion: async () => officialRatio(await checkpointOf('gpt2-small', 'diffugpt'), await onnxEngine()),
  noise: async () => {
    const folder = fileURLToPath(new URL('test/golden/data/diffugpt-tiny', ROOT));
    return marginNoise(await openCheckpoint(folder, { family: 'diffusion', maskId: 384 }), await onnxEngine());
  },
  duel: async () => {
    const engine = await onnxEngine({ beside: true });
    const [small, tiny] = [
      await checkpointOf('gpt2-small', 'diffugpt'),
      await openCheckpoint(fileURLToPath(new URL('models/tiny-diffugpt', ROOT))),
    ];
    return [
      ...(await duelRate(small, engine, { items: 1, context: 70, endings: 4, length: 12, rounds: 7 })),
      ...(await duelRate(tiny, engine, { items: 8, context: 70, endings: 4, length: 12, rounds: 15 })),
    ];
  },
  exact: async () => {
    const engine = await onnxEngine({ beside: true });
    const tiny = await openCheckpoint(fileURLToPath(new URL('models/tiny-diffugpt', ROOT)));
    const of = (items: number, length: number) => exactShare(tiny, engine, { items, context: 70, endings: 1, length });
    return [await of(64, 4), await of(16, 6), await of(4, 10)];
  },
  medium: mediumMemory,
  linear,
  startup,
};

/** Seconds an item, for n items and four times as many. */
async function linear(): Promise<string[]> {
  const { forward, dispose } = await openNet(await checkpointOf('gpt2-small', 'gpt2'), await onnxEngine());
  const items = hellaswagShaped(32, 50257).map((item) => branch(item).sequence);
  await forward(items.slice(0, 4));
  const few = (await secondsOf(() => forward(items.slice(0, 8)))) / 8;
  const many = (await secondsOf(() => forward(items))) / 32;
  await dispose();
  return [
    verdict('cost an item, 8 items / 32 items', few / many, 0.9, `${few.toFixed(3)} and ${many.toFixed(3)} s an item`),
  ];
}

/** Wall time of `bench --help`, best of ten. */
async function startup(): Promise<string[]> {
  const bin = fileURLToPath(new URL('bin/bench.js', ROOT));
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    best = Math.min(
      best,
      await secondsOf(async () => execFileSync(process.execPath, [bin, '--help'], { stdio: 'ignore' })),
    );
  }
  return [`${best <= 0.3 ? 'ok  ' : 'MISS'} bench --help: ${best.toFixed(2)} s (limit 0.3 s), best of 10`];
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in SECTIONS));
if (unknown !== undefined) {
  process.stderr.write(`unknown section "${unknown}"; known: ${Object.keys(SECTIONS).join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const name of wanted.length > 0 ? wanted : Object.keys(SECTIONS)) {
    for (const line of await (SECTIONS[name] as () => Promise<string[]>)()) process.stdout.write(`${line}\n`);
  }
}
