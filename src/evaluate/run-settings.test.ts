import { describe, expect, it } from 'vitest';
import { humanevalInfill } from '../../tasks/humaneval/tasks.ts';
import { lambada } from '../../tasks/lambada.ts';
import { lambadaDecoding } from '../../tasks/lambada-decoding.ts';
import { ESTIMATOR } from '../core/model.ts';
import type { ProtocolName } from '../core/names.ts';
import type { Question } from '../core/question.ts';
import type { SamplerChoice } from '../core/samplers/choice.ts';
import { bothFamilies, fill, fineTuned } from '../core/wording.ts';
import { openModelFiles } from './open-parts.ts';
import { RUN_DEFAULTS } from './options.ts';
import { type Reading, type SettingOptions, settingsOf, unitSize } from './run-settings.ts';

const ROW = { text: 'He took the boat out to sea' };
const FULL: Reading = { openFraction: 1, shift: true };
const GIVEN: SettingOptions = { ...RUN_DEFAULTS, seed: 5, steps: [4, 8], passes: 9, draws: 3 };

async function settings(
  model: string,
  question: Question | undefined,
  reading = FULL,
  protocol: ProtocolName = 'canonical',
) {
  const { checkpoint, tokenizer } = await openModelFiles(model, RUN_DEFAULTS);
  return settingsOf({ checkpoint, tokenizer }, reading, question, { ...GIVEN, protocol });
}

it('refuses to score text in the row of a fine-tuned model, whose padding would be scored too', async () => {
  const framed = fill('sea', bothFamilies(fineTuned('the', 'sea', { canvas: 16, tooLong: 'unanswered' })));
  await expect(settings('random-diffugpt', framed)).rejects.toThrow(
    'view default: expected write(…) for rows that a model was fine-tuned on, found fill(…)',
  );
});

const asked = (task: typeof lambada, protocol: ProtocolName) => task.protocols[protocol]?.question(ROW);

describe('settings of a run keep only what can change its numbers', () => {
  const diffusion = { openFraction: 1, shift: true, passes: 0 };

  it('where tokens are the most likely ones: T', async () => {
    expect(await settings('random-diffugpt', asked(lambadaDecoding, 'canonical'))).toEqual({
      ...diffusion,
      ...{ protocol: 'canonical', estimator: ESTIMATOR.denoiser, seed: 0, steps: [4, 8], draws: 1 },
    });
  });

  it('samplers that are as the task has it, or mean the same, leave nothing behind', async () => {
    const by = (sampler: SamplerChoice, protocol: ProtocolName = 'canonical') =>
      settings('random-diffugpt', asked(lambadaDecoding, protocol), { ...FULL, sampler }, protocol);
    const plain = await settings('random-diffugpt', asked(lambadaDecoding, 'canonical'));
    for (const order of ['confidence', 'maskgit-plus', 'dllm', 'static'] as const)
      expect(await by({ order })).toEqual(plain);
    expect(await by({ order: 'confidence', form: 'canonical', temperature: 0 })).toEqual(plain);
    expect(await by({ order: 'block', block: 4, form: 'canonical' })).toEqual({
      ...plain,
      sampler: { order: 'confidence', block: 4 },
    });
    expect((await by({ order: 'dllm', form: 'paper' })).sampler).toEqual({ order: 'dllm', form: 'paper' });
    expect(await by({ order: 'origin', topP: 1 })).toMatchObject({
      sampler: { order: 'random-keep' },
      seed: 5,
      draws: 3,
    });
  });

  it('T plays no part under a threshold, and no sampler where nothing is written', async () => {
    const sampler = { order: 'threshold', threshold: 0.9 } as const;
    const written = await settings('random-diffugpt', asked(lambadaDecoding, 'canonical'), { ...FULL, sampler });
    expect(written).toMatchObject({ sampler, steps: [], seed: 0, estimator: ESTIMATOR.denoiser });
    const scored = asked(lambada, 'canonical');
    expect(await settings('random-diffugpt', scored, { ...FULL, sampler })).toEqual(
      await settings('random-diffugpt', scored),
    );
  });

  it('keeps a temperature together with the nucleus that needs it, though the task takes the likeliest tokens', async () => {
    const sampler = { order: 'confidence', temperature: 1, topP: 0.9, topK: 5 } as const;
    const written = await settings('random-diffugpt', asked(lambadaDecoding, 'canonical'), { ...FULL, sampler });
    expect(written).toMatchObject({ sampler, seed: 5, draws: 3 });
  });

  it('refuses samplers of other networks, and top-k where nothing is drawn', async () => {
    const by = (sampler: SamplerChoice) =>
      settings('random-diffugpt', asked(lambadaDecoding, 'canonical'), { ...FULL, sampler });
    await expect(by({ order: 'euler' })).rejects.toThrow('--sampler: expected confidence, random-keep');
    await expect(by({ order: 'entropy', topK: 3 })).rejects.toThrow('--sampler: top-k needs drawn tokens');
  });

  it('where a share of the attention is drawn: also the seed', async () => {
    const half = { openFraction: 0.5, shift: true };
    expect(await settings('random-diffugpt', asked(lambadaDecoding, 'canonical'), half)).toMatchObject({
      seed: 5,
      draws: 1,
    });
  });

  it('where tokens are drawn with one step a token: seed and draws', async () => {
    expect(await settings('random-diffugpt', asked(lambadaDecoding, 'paper'), FULL, 'paper')).toEqual({
      ...diffusion,
      ...{ protocol: 'paper', estimator: ESTIMATOR.denoiser, seed: 5, steps: [], draws: 3 },
    });
  });

  it('left to right: the protocol', async () => {
    const causal = { protocol: 'canonical', seed: 0, steps: [], passes: 1, draws: 1, openFraction: 0, shift: true };
    const read = { openFraction: 0.5, shift: false };
    expect(await settings('random-gpt2', asked(lambada, 'canonical'), read)).toEqual({
      ...causal,
      estimator: ESTIMATOR.causal,
    });
    expect(await settings('random-gpt2', asked(lambadaDecoding, 'canonical'), read)).toEqual({
      ...causal,
      estimator: ESTIMATOR.decoder,
    });
  });

  it('where an answer is scored: all but draws, and passes only where they are a choice', async () => {
    const common = { seed: 5, steps: [4, 8], draws: 1 };
    const bound = await settings('random-diffugpt', asked(lambada, 'canonical'));
    expect(bound).toMatchObject({ ...common, estimator: ESTIMATOR.bound, passes: 9 });
    const official = await settings('random-diffugpt', asked(lambada, 'paper'), FULL, 'paper');
    expect(official).toMatchObject({ ...common, estimator: ESTIMATOR.official, passes: 0 });
  });
});

describe('items of a unit', () => {
  const MEDIUM = { family: 'diffusion', parameters: 355e6 } as const;
  const LLAMA = { family: 'diffusion', parameters: 7e9 } as const;
  const TINY = { family: 'diffusion', parameters: 1e5 } as const;
  const writing = { estimator: ESTIMATOR.denoiser, passes: 0, steps: [64], draws: 1 };
  const scoring = { estimator: ESTIMATOR.bound, passes: 32, steps: [32], draws: 1 };

  it('fill a generation batch, however large the model, T and the draws', () => {
    expect(unitSize(MEDIUM, writing, lambadaDecoding)).toBe(8);
    expect(unitSize(LLAMA, { ...writing, steps: [1, 8, 64], draws: 3 }, lambadaDecoding)).toBe(8);
    expect(
      unitSize(
        { ...LLAMA, family: 'autoregressive' },
        { ...writing, estimator: ESTIMATOR.decoder, steps: [] },
        lambadaDecoding,
      ),
    ).toBe(8);
  });

  it('are more for small models, fewer for more texts an item, and never more than 64', () => {
    const sizes = [[8], [64], [64, 64]].map((steps) =>
      unitSize({ ...TINY, parameters: 1e6 }, { ...writing, steps }, lambadaDecoding),
    );
    expect(sizes).toEqual([64, 15, 8]);
    expect(unitSize(TINY, { ...writing, steps: [] }, lambadaDecoding)).toBe(64);
  });

  it('are few where programs are run', () => {
    expect(unitSize(TINY, { ...writing, steps: [1] }, humanevalInfill)).toBe(8);
    expect(unitSize(LLAMA, writing, humanevalInfill)).toBe(8);
  });

  it('of scored answers go down to one', () => {
    expect(unitSize(LLAMA, scoring, lambada)).toBe(1);
    expect(unitSize(TINY, scoring, lambada)).toBe(64);
  });
});

describe('tokens of the checkpoint that end a text', () => {
  const row = { task_id: 'SingleLineInfilling/HumanEval/0/L0', entry_point: 'f', prompt: 'a', suffix: 'b', test: 't' };
  const program = humanevalInfill.protocols.canonical?.question({ ...row, canonical_solution: 'c' });
  const endsOf = async (endIds: readonly number[], question: Question | undefined) => {
    const { checkpoint, tokenizer } = await openModelFiles('random-gpt2', RUN_DEFAULTS);
    const ids = endIds.map((id) => (id < 0 ? (tokenizer.eosId ?? id) : id));
    return settingsOf({ checkpoint: { ...checkpoint, endIds: ids }, tokenizer }, FULL, question, GIVEN).endIds;
  };

  it('are settings where they are not the EOS of the tokenizer, and a text ends with it', async () => {
    expect(await endsOf([5, 6], program)).toEqual([5, 6]);
    expect(await endsOf([-1], program)).toBeUndefined();
    expect(await endsOf([], program)).toBeUndefined();
    expect(await endsOf([5], asked(lambada, 'canonical'))).toBeUndefined();
    expect(await endsOf([5], asked(lambadaDecoding, 'canonical'))).toBeUndefined();
  });
});
