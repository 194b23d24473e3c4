import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openCheckpoint } from '../checkpoints/open.ts';
import { type Gpt2Architecture, gpt2OfShape } from './gpt2.ts';

it('is the architecture of a built-in checkpoint of that shape', async () => {
  const { architecture } = await openCheckpoint(fileURLToPath(new URL('../../models/random-gpt2', import.meta.url)));
  const { layers, width, heads, contextLength, vocabularyRows } = architecture as Gpt2Architecture;
  expect(gpt2OfShape({ layers, width, heads, context: contextLength }, vocabularyRows)).toEqual(architecture);
});
