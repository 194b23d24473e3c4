/** Seconds of float32 and of two precisions on random weights of GPT-2-small's shape: only cost matters here. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScoringSettings } from '../../src/core/model.ts';
import { ESTIMATOR, PRECISION_RULES } from '../../src/core/model.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import type { Forward } from '../../src/lm/forward/sequence.ts';
import { answerByDenoising } from '../../src/lm/likelihood/diffusion.ts';
import { branch } from '../../src/lm/lowering/branch.ts';
import type { LoweredAsk } from '../../src/lm/lowering/lowered-ask.ts';
import type { Measured } from '../bench-dtypes/measured.ts';
import { DENOISER } from '../bench-scoring/masked-passes.ts';
import { checkpointOf, hellaswagShaped, secondsOf, verdict } from '../bench-scoring/workbench.ts';

const CHILD = fileURLToPath(new URL('../bench-dtypes/child.js', import.meta.url));
const [ITEMS, ROUNDS, PASSES] = [16, 3, 32];

/**
 * @param today  folder of a built checkout, whose float32 is to be beaten
 * @param shares of items that are answered in float32 too; none: the bound
 */
export async function* speedLines(today: string, shares: readonly number[]): AsyncGenerator<string> {
  const checkpoint = await checkpointOf('gpt2-small', 'gpt2');
  const exact = await openNet(checkpoint, await onnxEngine());
  const cheap = await openNet(checkpoint, await onnxEngine({ dtype: 'int8' }));
  try {
    const rows = checkpoint.architecture.vocabularyRows;
    yield '';
    if (shares.length > 0)
      yield* choiceLines(resolve(today), checkpoint.folder, shares, rows, exact.forward, cheap.forward);
    if (shares.length === 0) yield await boundLine(rows, exact.forward, cheap.forward);
  } finally {
    await Promise.all([exact.dispose(), cheap.dispose()]);
  }
}

/** What int8 and float32 take is measured once; a share that is answered again comes item by item, as its units have hardly ever two. */
async function* choiceLines(
  today: string,
  folder: string,
  shares: readonly number[],
  rows: number,
  exact: Forward,
  cheap: Forward,
): AsyncGenerator<string> {
  const sequences = hellaswagShaped(ITEMS, rows).map((item) => branch(item).sequence);
  await cheap(sequences);
  await exact(sequences);
  const [theirs, alone, inInt8, again]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1' };
    const said = execFileSync(process.execPath, [CHILD, today, folder, 'float32', 'choice', String(ITEMS)], {
      ...{ encoding: 'utf8', env, maxBuffer: 1 << 28 },
    });
    theirs.push((JSON.parse(said) as Measured).seconds);
    alone.push(await secondsOf(() => exact(sequences)));
    inInt8.push(await secondsOf(() => cheap(sequences)));
    again.push(await secondsOf(() => exact(sequences.slice(round, round + 1))));
  }
  const times = [theirs, alone, inInt8, again].map((each) => Math.min(...each));
  const [before, now, fewer, one] = times as [number, number, number, number];
  for (const share of shares) {
    const taken = fewer + share * ITEMS * one;
    const detail = `${taken.toFixed(2)} s for ${ITEMS} items: ${fewer.toFixed(2)} s in int8, ${one.toFixed(2)} s for each again; today's float32 ${before.toFixed(2)} s, this build's ${now.toFixed(2)} s`;
    yield verdict(`choice left to right, ${100 * share} % answered again, against today`, before / taken, 2, detail);
  }
}

/** One item of four answers with 32 passes each. */
async function boundLine(rows: number, exact: Forward, cheap: Forward): Promise<string> {
  const [alternatives = []] = hellaswagShaped(1, rows);
  const ask: LoweredAsk = {
    ask: {
      key: 'bench/0',
      question: {
        ...{ kind: 'choose', answers: alternatives.map((_, i) => `${i}`), gold: 0 },
        views: { autoregressive: [], diffusion: [] },
      },
    },
    views: [{ name: 'plain', alternatives }],
  };
  const settings: ScoringSettings = {
    ...{ protocol: 'canonical', estimator: ESTIMATOR.bound, seed: 0, steps: [32], passes: PASSES, draws: 1 },
    ...{ openFraction: 1, shift: true },
  };
  const precision = { cheap: 'int8', rule: PRECISION_RULES.bound, share: 1 / 8 };
  const [alone, both]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await secondsOf(() => answerByDenoising([ask], DENOISER, settings, exact)));
    both.push(await secondsOf(() => answerByDenoising([ask], DENOISER, { ...settings, precision }, exact, cheap)));
  }
  const [before, taken] = [Math.min(...alone), Math.min(...both)];
  const detail = `${taken.toFixed(2)} s an item against ${before.toFixed(2)} s`;
  return verdict(`bound with ${PASSES} passes, mixed against float32`, before / taken, 1.5, detail);
}
