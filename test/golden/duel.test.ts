/** Likelihoods under deterministic samplers: every order, token and sum of the golden DUEL files, through `bench score`. */
import { describe, expect, it } from 'vitest';
import { SCORE_DEFAULTS } from '../../src/commands/score/score.ts';
import { SILENT } from '../../src/evaluate/observer.ts';
import { answerAll } from '../../src/evaluate/requests/answer-requests.ts';
import type { DuelAnswer } from '../../src/lm/requests/duel-requests.ts';
import { GOLDEN2, golden2Folder, readGolden2, SKIPPED } from './golden2.ts';

interface GoldenRule {
  readonly order: string;
  readonly k?: number;
  readonly counts?: readonly number[];
  readonly block?: number;
  readonly reveal_order: readonly number[];
  readonly revealed_in_each_step: readonly number[];
  readonly token_logprobs: readonly number[];
  readonly sum_f64: number;
}

interface Golden {
  readonly checkpoint: string;
  readonly mask_token_id: number;
  readonly items: readonly {
    readonly prompt_ids: readonly number[];
    readonly answer_ids: readonly number[];
    readonly rules: Readonly<Record<string, GoldenRule>>;
    readonly all_orders?: { readonly best_f64: number; readonly worst_f64: number };
  }[];
}

const NAMES = ['duel-diffugpt-tiny', 'duel-diffullama-tiny', 'duel-llada-tiny'];
/** Of sums over up to twelve tokens, against float64. */
const ENGINES = [
  { engine: 'onnx', tolerance: 2e-4, items: Number.POSITIVE_INFINITY },
  // Takes a second a pass: the answers of up to four tokens.
  { engine: 'reference', tolerance: 5e-5, items: 4 },
] as const;

interface Case extends GoldenRule {
  readonly prompt: readonly number[];
  readonly answer: readonly number[];
}

function casesOf({ items }: Golden, most: number): readonly Case[] {
  return items
    .slice(0, most)
    .flatMap(({ prompt_ids: prompt, answer_ids: answer, rules }) =>
      Object.values(rules).map((rule) => ({ prompt, answer, ...rule })),
    );
}

/** Some answers hold the mask token itself. */
function requestOf({ prompt, answer, order, k, counts, block }: Case, id: number): string {
  return JSON.stringify({
    ...{ id, kind: 'duel', ids: [...prompt, ...answer], scored: answer.map((_, i) => prompt.length + i) },
    ...{ order: order.replaceAll('_', '-'), block: block ?? null },
    ...(counts === undefined ? { per_step: k } : { steps: counts.length }),
  });
}

describe.skipIf(GOLDEN2 === null).each(NAMES)(`%s${SKIPPED}`, (name) => {
  const golden = GOLDEN2 === null ? null : readGolden2<Golden>(name);

  it.each(ENGINES)('gives orders exactly and sums within $tolerance, $engine', async ({ engine, tolerance, items }) => {
    const { checkpoint, mask_token_id: maskId } = golden as Golden;
    const cases = casesOf(golden as Golden, items);
    const model = golden2Folder(`../${checkpoint}`);
    const options = { ...SCORE_DEFAULTS, model, engine, maskId, family: 'diffusion' as const };
    const answers = await answerAll(cases.map(requestOf), options, SILENT);
    const found = answers.map((answer) => {
      if (!('order' in answer)) throw new TypeError(JSON.stringify(answer));
      return answer as DuelAnswer;
    });
    cases.forEach(({ prompt, reveal_order, revealed_in_each_step, token_logprobs, sum_f64 }, i) => {
      const { order, tokens, sum, nfe } = found[i] as DuelAnswer;
      expect(order.map((position) => position - prompt.length)).toEqual(reveal_order);
      expect(nfe).toBe(revealed_in_each_step.length);
      token_logprobs.forEach((logprob, at) => {
        expect(Math.abs((tokens[prompt.length + at] as number) - logprob)).toBeLessThan(tolerance);
      });
      expect(Math.abs(sum - sum_f64)).toBeLessThan(tolerance);
    });
  });
});
