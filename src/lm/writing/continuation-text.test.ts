import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../tokenizers/load.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { CANONICAL_TEXT, continuationText, cutAtStop } from './continuation-text.ts';

describe('cutAtStop', () => {
  it('cuts before the stop string that comes first', () => {
    expect(cutAtStop('a = 1\nb = 2\n\nc', ['\n\n', '\n'])).toBe('a = 1');
    expect(cutAtStop('####', ['##'])).toBe('');
  });

  it('is null where none occurs', () => {
    expect(cutAtStop('a = 1', ['\n'])).toBeNull();
    expect(cutAtStop('a = 1', [])).toBeNull();
  });
});

describe('continuationText', () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = (await loadTokenizer(
      fileURLToPath(new URL('../../../models/random-gpt2', import.meta.url)),
    )) as Tokenizer;
  });
  const ids = (text: string) => tokenizer.encode(text, { specialTokens: false });

  it('is what the new tokens add to the prompt', () => {
    expect(continuationText(tokenizer, Int32Array.from(ids('def f(x):')), ids('\n    return x'), CANONICAL_TEXT)).toBe(
      '\n    return x',
    );
  });

  it('gives a character that begins in the prompt to the continuation', () => {
    const all = ids('é🦙!');
    for (let border = 0; border <= all.length; border++) {
      const [prompt, rest] = [Int32Array.from(all.slice(0, border)), all.slice(border)];
      const before = tokenizer.decode([...prompt], { skipSpecialTokens: true }).replaceAll('\ufffd', '');
      expect(before + continuationText(tokenizer, prompt, rest, CANONICAL_TEXT)).toBe('é🦙!');
    }
  });

  it('decodes the new tokens alone where asked', () => {
    const [, ...rest] = ids('🦙');
    const alone = continuationText(tokenizer, Int32Array.from(ids('🦙').slice(0, 1)), rest, {
      context: 'none',
      skipSpecialTokens: true,
    });
    expect(alone).toBe(tokenizer.decode(rest, { skipSpecialTokens: true }));
  });
});
