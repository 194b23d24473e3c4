/** Infilling around LLaMA's blanks (trap T17 of the project's protocol notes): what goes in and what comes out is the text. */
import { beforeAll, expect, it } from 'vitest';
import { infillPrompt } from '../../src/lm/lowering/infill-prompt.ts';
import { CANONICAL_TEXT, continuationText } from '../../src/lm/writing/continuation-text.ts';
import type { Tokenizer } from '../../src/tokenizers/tokenizer.ts';
import { LOADING_MS, loadPublished, present, skipped } from './published-tokenizers.ts';

/** `    return x\n` after a line, as LLaMA's tokenizer cuts it in context. */
const IN_CONTEXT = [1678, 736, 921, 13];

let llama: Tokenizer;
beforeAll(async () => {
  if (present) llama = (await loadPublished())('llama');
}, LOADING_MS);

it.skipIf(!present)(`an indent keeps its four blanks when it is decoded in context${skipped}`, () => {
  const prompt = Int32Array.from(llama.encode('x = 1\n', { specialTokens: true }));
  expect(continuationText(llama, prompt, IN_CONTEXT, CANONICAL_TEXT)).toBe('    return x\n');
  const alone = { context: 'none', skipSpecialTokens: true } as const;
  expect(continuationText(llama, prompt, IN_CONTEXT, alone)).toBe('   return x\n');
});

it.skipIf(!present)(`a suffix after its marker is encoded as text that goes on${skipped}`, () => {
  const marks: Readonly<Record<string, number>> = {
    '▁<PRE>': 32007,
    '▁<SUF>': 32008,
    '▁<MID>': 32009,
    '▁<EOT>': 32010,
  };
  const codeLlama: Tokenizer = { ...llama, id: (token) => marks[token] ?? llama.id(token) };
  const prefix = llama.encode('def f(x):\n', { specialTokens: false });
  const hole = { prefix: 'def f(x):\n', suffix: '    return x\n' };
  const psm = infillPrompt('fim-psm', hole, codeLlama, 'once');
  expect([...psm.ids]).toEqual([1, 32007, ...prefix, 32008, ...IN_CONTEXT, 32009]);
  expect(psm.endIds).toEqual([2, 32010]);
  const spm = infillPrompt('fim-spm', hole, codeLlama, 'once');
  expect([...spm.ids]).toEqual([1, 32007, 32008, ...IN_CONTEXT, 32009, ...prefix]);
  expect(() => infillPrompt('fim-psm', hole, llama, 'once')).toThrow(
    expect.objectContaining({ code: 'not-supported' }),
  );
});
