import { expect, it } from 'vitest';
import { modelMeant } from './run-choice.ts';

it('a model is named as tables show it, however many of its runs are stored', () => {
  const stored = ['/models/my-gpt2', '/models/my-diff', '/models/my-gpt2', '/models/my-diff'];
  expect(modelMeant('my-gpt2', stored)).toBe('/models/my-gpt2');
  expect(modelMeant('models/my-diff', stored)).toBe('/models/my-diff');
  expect(modelMeant('/models/my-gpt2', stored)).toBe('/models/my-gpt2');
});

it('a name that is short for two models is refused, and names each once', () => {
  const stored = ['/a/x/net', '/b/x/net', '/a/x/net'];
  expect(() => modelMeant('x/net', stored)).toThrow(
    expect.objectContaining({
      message: 'expected one model, found "x/net" to be short for 2',
      hint: 'name one of /a/x/net, /b/x/net',
    }),
  );
  expect(modelMeant('a/x/net', stored)).toBe('/a/x/net');
});
