import { expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import type { SamplerChoice } from '../../core/samplers/choice.ts';
import { deadKnobs } from './dead-knobs.ts';

/** @param texts by T, of each of two items */
function run(texts: Readonly<Record<number, string>>, sampler?: SamplerChoice) {
  const steps = Object.keys(texts).map(Number);
  const records = [0, 1].map((i) => {
    const written = steps.map((T) => ({ steps: T, draw: 0, text: `${texts[T]} ${i}`, tokens: 1, nfe: T }));
    return {
      ...scriptedRecord(i, { acc: 1 }),
      response: { kind: 'written', views: { default: written }, nfe: 1 } as const,
    };
  });
  const by = sampler === undefined ? {} : { sampler };
  return scriptedStoredRun({ records, settings: { steps, estimator: 'denoising/2', passes: 0, ...by } });
}

it('names numbers of steps and samplers that wrote the same texts, and no others', () => {
  const found = deadKnobs([
    run({ 2: 'a', 4: 'b', 8: 'b' }),
    run({ 2: 'a', 4: 'c', 8: 'b' }, { order: 'entropy' }),
    run({ 2: 'a', 4: 'c', 8: 'd' }, { order: 'margin' }),
  ]);
  expect(found).toEqual([
    expect.stringMatching(
      /: T = 8 changed no text on 2 items: the same as with T = 4, in 8.0 passes each against 4.0$/,
    ),
    expect.stringMatching(/: entropy changed nothing on 2 items: the same texts as with the default sampler$/),
  ]);
});
