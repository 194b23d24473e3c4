/**
 * What is left of the variance of races' values where draws are guessed beforehand: `node dist/scripts/weigh-controls.js [ITEMS [SEEDS]]` (default:
 * 100 items of the made four-answer task, 2 seeds, tiny-diffugpt). The variance is what the differences within strata say, of every answer of six
 * tokens at least, in shares of the square of its value under the full mask; each control beside draws that enter as they are.
 */
import { RUN_DEFAULTS } from '../src/evaluate/options.ts';
import { openNet } from '../src/lm/forward/forward.ts';
import { PassPool, type Ticket } from '../src/lm/forward/pass-pool.ts';
import { requestMasked } from '../src/lm/likelihood/bound.ts';
import { denoiserOf } from '../src/lm/likelihood/checkpoint-denoiser.ts';
import { beyondFullMask } from '../src/lm/likelihood/race/controlled-value.ts';
import { learnedGuesses } from '../src/lm/likelihood/race/learned-guess.ts';
import { chanceOf } from '../src/lm/likelihood/race/mask-counts.ts';
import {
  byStratum,
  type NestedDraw,
  nestedDraws,
  passesAfter,
  strataAfter,
} from '../src/lm/likelihood/race/nested-masks.ts';
import { lowerView } from '../src/lm/lowering/lower.ts';
import type { Lowered } from '../src/lm/lowering/lowered.ts';
import { predictable } from '../src/lm/shift.ts';
import { examplesOf } from '../src/runner/plan.ts';
import { endingRows, preparedEndings, storyEndings } from './bench-racing/story-endings.ts';

const [limit = 100, seeds = 2] = process.argv.slice(2).map(Number);
const [MODEL, ROUNDS, LEAST_TOKENS] = ['tiny-diffugpt', 6, 6];
const WAYS = ['as they are', 'guessed from the full mask', 'and from other draws'] as const;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

interface AskedDraw extends NestedDraw {
  readonly ticket: Ticket;
}

interface AskedAnswer {
  readonly full: Ticket;
  readonly draws: readonly AskedDraw[];
}

const options = { ...RUN_DEFAULTS, models: [MODEL], limit };
const prepared = await preparedEndings(options);
const [opened] = prepared.models;
if (opened === undefined) throw new RangeError('no model');
const { checkpoint, tokenizer } = opened;
const denoiser = denoiserOf(checkpoint, { shift: checkpoint.options.shift, openFraction: 1 }, 'weighing controls');
const net = await openNet(checkpoint, prepared.engine);
const pool = new PassPool();
const asked = examplesOf(storyEndings, 'canonical', endingRows(limit), null).flatMap(({ id, question }) => {
  const view = question.kind === 'choose' ? question.views.diffusion[0] : undefined;
  const answers = view === undefined ? [] : lowerView(view, tokenizer, checkpoint.architecture.contextLength);
  return answers
    .filter((lowered) => predictable(lowered.scored, denoiser.shift).length >= LEAST_TOKENS)
    .flatMap((lowered) => Array.from({ length: seeds }, (_, seed) => ask(lowered, id, seed)));
});
await PassPool.run([pool], net.forward);
await net.dispose();
print();

function ask(lowered: Lowered, key: string, seed: number): AskedAnswer {
  const part = { lowered, scorable: predictable(lowered.scored, denoiser.shift) };
  const length = part.scorable.length;
  const request = (mask: readonly number[], draw: number): Ticket => {
    const masked = mask.map((offset) => part.scorable[offset] as number);
    return requestMasked(part, masked, denoiser, seed, key, draw, pool);
  };
  const drawn = Array.from({ length: ROUNDS }, (_, r) => nestedDraws(length, r, seed, key)).flat();
  const draws = drawn.map((draw) => ({ ...draw, ticket: request(draw.mask, draw.draw + 1) }));
  return { full: request([...part.scorable.keys()], 0), draws };
}

/** Of an answer's value after a round, by each way. */
function variances({ full, draws }: AskedAnswer, round: number): readonly number[] {
  const costs = (ticket: Ticket): readonly number[] => pool.readings(ticket).map(({ logprob }) => -logprob);
  const tokens = costs(full);
  const known = mean(tokens);
  const drawn = byStratum(
    draws.filter(({ draw }) => draw < 2 ** round),
    round,
  );
  const passes = {
    tokens,
    masks: drawn.map(({ mask }) => mask),
    costs: drawn.map(({ ticket }) => costs(ticket)),
  };
  const beyond = beyondFullMask(passes);
  const learned = learnedGuesses(beyond, tokens.length);
  const left = [
    passes.costs.map((each) => mean(each) - known),
    beyond.map(({ residuals }) => mean(residuals)),
    beyond.map(({ residuals }, d) => mean(residuals) - (learned[d] as number)),
  ];
  return left.map((values) => {
    const entering = values.map(
      (value, d) => value / (chanceOf(drawn[d]?.mask.length as number, tokens.length) * known),
    );
    let squares = 0;
    for (let s = 0; s < strataAfter(round); s++) {
      squares += ((entering[2 * s] as number) - (entering[2 * s + 1] as number)) ** 2;
    }
    return squares / (drawn.length * tokens.length) ** 2;
  });
}

function print(): void {
  console.log(`| passes | ${WAYS.join(' | ')} |\n|---|---|---|---|`);
  for (let round = 1; round < ROUNDS; round++) {
    const found = asked.map((answer) => variances(answer, round));
    const means = WAYS.map((_, way) => mean(found.map((each) => each[way] as number)));
    const shares = means.map((each) => (each / (means[0] as number)).toFixed(2));
    console.log(`| ${passesAfter(round)} | ${shares.join(' | ')} |`);
  }
}
