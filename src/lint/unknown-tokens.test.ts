import { expect, it } from 'vitest';
import { type Example, scored, visible } from '../core/question.ts';
import { bothFamilies, choose, joint } from '../core/wording.ts';
import { checkUnknownTokens } from './checkpoint-checks.ts';

const KNOWN = ['q', 'yes', 'no'];
/** One token a word; 9 stands for all others. */
const tokenizer = {
  unknownId: 9,
  encode: (text: string) => text.split(' ').map((word) => (KNOWN.includes(word) ? KNOWN.indexOf(word) : 9)),
  token: (id: number) => (id === 9 ? '<unk>' : (KNOWN[id] ?? null)),
};
const asked = (answer: string, index: number): Example => ({
  id: `row-${index}`,
  index,
  question: choose([answer], 0, bothFamilies(joint([[visible('q'), scored(` ${answer}`)]]))),
});

it('warns of the share of words that the tokenizer does not know, and names items', () => {
  const check = checkUnknownTokens(tokenizer, ['yes', 'maybe', 'never'].map(asked), 'autoregressive');
  expect(check).toMatchObject({ name: 'unknown-tokens', state: 'warning', ids: ['row-1', 'row-2'] });
  expect(check.found).toMatch(/^33\.3 % of 6 tokens are "<unk>", in 2 of 3 items: /);
});

it('is quiet where all or nearly all is known, and where there is no such token', () => {
  expect(checkUnknownTokens(tokenizer, [asked('yes', 0)], 'diffusion')).toMatchObject({ state: 'ok' });
  const many = Array.from({ length: 200 }, (_, i) => asked(i === 7 ? 'hm' : 'no', i));
  expect(checkUnknownTokens(tokenizer, many, 'diffusion')).toMatchObject({ state: 'ok', ids: [] });
  expect(checkUnknownTokens({ ...tokenizer, unknownId: null }, many, 'diffusion')).toMatchObject({ state: 'skipped' });
});
