import { expect, it } from 'vitest';
import { modelList, modelSpec } from './model-spec.ts';

const NONE = { family: null, maskId: null, shift: null, blockLength: null, tokenizer: null, adapter: null };

it.each([
  ['gpt2-m', { name: null, path: 'gpt2-m', overrides: NONE }],
  ['./a=b/c', { name: null, path: './a=b/c', overrides: NONE }],
  ['C:\\models\\a', { name: null, path: 'C:\\models\\a', overrides: NONE }],
  [
    'dd=./my-diffusion:family=diffusion:mask-id=5',
    { name: 'dd', path: './my-diffusion', overrides: { ...NONE, family: 'diffusion', maskId: 5 } },
  ],
  [
    './x:shift=off:tokenizer=../t',
    { name: null, path: './x', overrides: { ...NONE, shift: false, tokenizer: '../t' } },
  ],
  ['base=gpt2-s', { name: 'base', path: 'gpt2-s', overrides: NONE }],
])('reads %s', (typed, spec) => {
  expect(modelSpec(typed)).toEqual(spec);
});

it.each([
  ['a=./x:famly=ar', '--models: famly of a: unknown key', 'did you mean "family"?'],
  [
    './x:mask-id=no',
    '--models: mask-id of ./x: expected a token id, a whole number of at least 0, found "no"',
    undefined,
  ],
  ['./x:shift=on:shift=off', '--models: expected each setting once, found "./x:shift=on:shift=off"', undefined],
])('refuses %s', (typed, message, hint) => {
  expect(() => modelSpec(typed)).toThrow(expect.objectContaining({ code: 'bad-arguments', message, hint }));
});

it('reads lists as they are typed and as configuration files have them', () => {
  expect(modelList.parse('a,b=./c:shift=off,a')).toEqual(['a', 'b=./c:shift=off']);
  const members = [{ name: 'dd', path: './d,e', family: 'diffusion', 'mask-id': 5, shift: true }, 'a'];
  const [first, second] = modelList.parse(members);
  expect(second).toBe('a');
  expect(modelSpec(first ?? '')).toEqual({
    ...{ name: 'dd', path: './d,e' },
    overrides: { ...NONE, family: 'diffusion', maskId: 5, shift: true },
  });
  expect(modelList.safeParse([{ name: 'x' }]).success).toBe(false);
  expect(modelList.safeParse([{ path: 'x', famly: 'ar' }]).success).toBe(false);
});
