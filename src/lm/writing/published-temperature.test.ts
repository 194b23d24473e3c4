/** The temperature `published` is that of the model's architecture, and a view's own writing wins over the question's. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openModel } from '../../checkpoints/open.ts';
import { ESTIMATOR, type ScoringSettings } from '../../core/model.ts';
import { scored, type View, visible, type Writing } from '../../core/question.ts';
import { bothFamilies, separate, write } from '../../core/wording.ts';
import { referenceEngine } from '../../engines/reference.ts';
import { loadTokenizer } from '../../tokenizers/load.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { openLanguageModel } from '../language-model.ts';

it('draws at 0.95 with the GPT-2 architecture', async () => {
  const checkpoint = await openModel('random-diffugpt', { family: null, maskId: null, shift: null });
  const folder = fileURLToPath(new URL('../../../models/random-diffugpt', import.meta.url));
  const tokenizer = (await loadTokenizer(folder)) as Tokenizer;
  const model = await openLanguageModel({ checkpoint, tokenizer, engine: referenceEngine() });
  const settings: ScoringSettings = {
    ...{ protocol: 'paper', estimator: ESTIMATOR.denoiser, seed: 3, steps: [4], passes: 0, draws: 2 },
    ...{ openFraction: 1, shift: true },
  };
  const texts = async (temperature: Writing['temperature']) => {
    const own: View = { ...separate([[visible('def f(x):\n'), scored('    return x\n')]]), writing: { temperature } };
    const writing = { length: 'gold', steps: 'as-set', form: 'paper', temperature: 'argmax', stops: [] } as const;
    const [response] = await model.answer([{ key: 'k', question: write('', bothFamilies(own), writing) }], settings);
    return response?.kind === 'written' ? response.views.default?.map(({ text }) => text) : undefined;
  };
  const published = await texts('published');
  expect(published).toHaveLength(2);
  expect(published).toEqual(await texts(0.95));
  expect(published).not.toEqual(await texts('argmax'));
  expect(await texts(0)).toEqual(await texts('argmax'));
  await model.dispose();
});
