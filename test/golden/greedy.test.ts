/** Greedy continuations: PyTorch's for the tiny checkpoints, the published text of a trained one; with and without a cache. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import { CANONICAL_TEXT } from '../../src/lm/writing/continuation-text.ts';
import type { Generated, GenerationRequest } from '../../src/lm/writing/generate.ts';
import { openTextGenerator } from '../../src/lm/writing/text-generator.ts';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import type { Tokenizer } from '../../src/tokenizers/tokenizer.ts';
import { GOLDEN_NAMES, openGolden, readGolden } from './golden-checkpoint.ts';
import { ID_TOKENIZER } from './id-tokenizer.ts';
import { openRereading } from './rereading.ts';

const ENGINES = [
  { engine: 'onnx', make: () => onnxEngine({ threads: 1 }) },
  { engine: 'tfjs', make: () => tfjsEngine() },
  { engine: 'reference', make: async () => referenceEngine() },
];
const WAYS = ENGINES.flatMap((engine) => [true, false].map((cached) => ({ ...engine, cached })));
const AUTOREGRESSIVE = GOLDEN_NAMES.filter((name) => readGolden(name).greedy !== undefined);

const request = (prompt: readonly number[], tokens: number, key = ''): GenerationRequest => ({
  key,
  prompt: Int32Array.from(prompt),
  length: { tokens, source: 'fixed' },
  stops: [],
  endIds: [],
  text: CANONICAL_TEXT,
});

function written(generated: Generated | undefined): Extract<Generated, { kind: 'generated' }> {
  if (generated?.kind !== 'generated') throw new TypeError(generated?.reason);
  return generated;
}

it('there are golden continuations of both architectures', () => {
  expect(AUTOREGRESSIVE).toEqual(['gpt2-tiny-ar', 'gpt2-tiny-ar-hubkeys', 'llama-tiny-ar']);
});

describe.each(WAYS)('on $engine, cached $cached', ({ make, cached }) => {
  const openGenerator = cached ? openTextGenerator : openRereading;
  it.each(AUTOREGRESSIVE)('%s writes every golden continuation', async (name) => {
    const { greedy = [] } = readGolden(name);
    const generator = await openGenerator(await openGolden(name), ID_TOKENIZER, await make());
    const requests = greedy.map((item) => request(item.prompt_ids, item.new_ids.length));
    const found = await generator.generate(requests, { kind: 'greedy' });
    await generator.dispose();
    greedy.forEach((item, i) => {
      expect([...written(found[i]).ids]).toEqual(item.new_ids);
      expect(found[i]).toMatchObject({ ended: 'length', nfe: item.new_ids.length });
    });
  });
});

const FOLDER = fileURLToPath(new URL('../../../shared/models/stories260K-hf', import.meta.url));
const isPresent = existsSync(FOLDER);

const STORY_WAYS = [
  { engine: 'onnx', cached: true, open: [1, 16], make: () => onnxEngine() },
  { engine: 'onnx', cached: false, open: [1, 16], make: () => onnxEngine() },
  { engine: 'tfjs', cached: true, open: [1], make: () => tfjsEngine() },
];

describe.each(STORY_WAYS)('stories260K on $engine, cached $cached', ({ cached, open, make }) => {
  it.skipIf(!isPresent).each(open)(
    `writes the published text token for token, %i sequences open${isPresent ? '' : ' (skipped: no ../shared/models)'}`,
    async (sequences) => {
      const expected = JSON.parse(readFileSync(`${FOLDER}/expected_greedy.json`, 'utf8'));
      const tokenizer = (await loadTokenizer(FOLDER)) as Tokenizer;
      const [checkpoint, engine, limits] = [await openCheckpoint(FOLDER), await make(), { sequences }];
      const generator = cached
        ? openTextGenerator(checkpoint, tokenizer, engine, { limits })
        : await openRereading(checkpoint, tokenizer, engine, limits);
      // The other fifteen begin somewhere in the text and must go on as it does, without a cache for 20 tokens only.
      const all = [...expected.prompt_ids, ...expected.greedy_ids];
      const parts = Array.from({ length: sequences }, (_, i) => {
        const start = expected.prompt_ids.length + 12 * i;
        return { start, tokens: Math.min(all.length - start, cached || i === 0 ? 200 : 20) };
      });
      const found = await generator.generate(
        parts.map(({ start, tokens }) => request(all.slice(0, start), tokens)),
        { kind: 'greedy' },
      );
      await generator.dispose();
      parts.forEach(({ start, tokens }, i) => {
        expect([...written(found[i]).ids]).toEqual(all.slice(start, start + tokens));
      });
      expect(written(found[0]).text).toBe(expected.text);
    },
  );
});
