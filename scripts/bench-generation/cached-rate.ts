/**
 * Left-to-right generation with a cache against without, within one run.
 *
 * Without a cache every token costs a forward of the whole sequence, here the scoring program with its fused attention.
 * Both ways are timed in turn at one length of every 64 slots (what a step costs depends on nothing else), the best of
 * several steps is taken, and the steps of 256 tokens are added up.
 */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { stream } from '../../src/core/numbers/random.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import { countingPositions } from '../../src/lm/forward/sequence.ts';
import { cachedBatch } from '../../src/lm/writing/text-generator.ts';
import { sampleToken } from '../../src/lm/writing/tokens/sample-token.ts';
import { pastProgram } from '../../src/programs/next-token.ts';
import { secondsOf, verdict } from '../bench-scoring/workbench.ts';

const PROMPT = 16;
const NEW = 256;
const TARGET = 5;
const STEPS = 8;
const FORWARDS = 3;

/** 256 new tokens after 16 given ones, for each batch size. */
export async function cachedRate(
  checkpoint: Checkpoint,
  engine: Engine,
  batches: readonly number[],
): Promise<string[]> {
  const lines: string[] = [];
  for (const batch of batches) {
    const [greedy, sampled, rereading] = await totals(checkpoint, engine, batch);
    const rate = (seconds: number) => ((batch * NEW) / seconds).toFixed(1);
    const what = `AR, ${PROMPT} + ${NEW} tokens, batch ${batch}, tokens/s with a cache / without`;
    const detail = `${rate(greedy)} against ${rate(rereading)} tokens/s; ${rate(sampled)} sampled with top-p`;
    lines.push(verdict(what, rereading / greedy, TARGET, detail));
  }
  return lines;
}

/** Seconds for `NEW` tokens of each sequence: cached greedy, cached with top-p sampling, rereading greedy. */
async function totals(
  checkpoint: Checkpoint,
  engine: Engine,
  batch: number,
): Promise<readonly [number, number, number]> {
  const net = checkpoint.architecture;
  const executable = await engine.compile(pastProgram(net), checkpoint.tensors);
  const { forward, dispose } = await openNet(checkpoint, engine);
  const tokens = Array.from({ length: batch }, (_, i) => 100 + i);
  const sums: [number, number, number] = [0, 0, 0];
  for (let from = PROMPT; from < PROMPT + NEW; from = nextBorder(from)) {
    const steps = Math.min(nextBorder(from), PROMPT + NEW) - from;
    const prompts = tokens.map((_, i) => randomIds(i, from));
    const greedy = cachedBatch(executable, net, false);
    const sampled = cachedBatch(executable, net, true);
    for (const opened of [greedy, sampled]) {
      const start = await secondsOf(() => opened.admit(prompts));
      if (from === PROMPT) sums[opened === greedy ? 0 : 1] += start;
    }
    const sequences = prompts.map((ids) => ({
      ids,
      positions: countingPositions(ids.length),
      attention: { kind: 'causal' } as const,
      reads: [{ row: ids.length - 1, target: 0 }],
    }));
    const times = [
      await best(STEPS, () => greedy.extend(tokens)),
      await best(STEPS, async () => {
        for (const { logits } of await sampled.extend(tokens)) {
          sampleToken(logits as Float32Array, { temperature: 0.9, topP: 0.9 }, 0.5);
        }
      }),
      await best(FORWARDS, () => forward(sequences)),
    ];
    times.forEach((seconds, way) => {
      sums[way] = (sums[way] as number) + steps * seconds;
    });
  }
  await executable.dispose();
  await dispose();
  return sums;
}

const nextBorder = (length: number): number => 64 * (Math.floor(length / 64) + 1);

async function best(times: number, work: () => Promise<unknown>): Promise<number> {
  let seconds = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) seconds = Math.min(seconds, await secondsOf(work));
  return seconds;
}

function randomIds(item: number, length: number): Int32Array {
  const random = stream(1, 'bench-generation', item);
  return Int32Array.from({ length }, (_, i) => Math.floor(random.uniform(i) * 50257));
}
