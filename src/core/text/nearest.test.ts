import { expect, it } from 'vitest';
import { nearest, unknownName } from './nearest.ts';

it('finds swapped letters, left-out letters and beginnings', () => {
  expect(nearest('rnu', ['run', 'score', 'list'])).toBe('run');
  expect(nearest('hellswag', ['hellaswag', 'piqa'])).toBe('hellaswag');
  expect(nearest('hella', ['hellaswag', 'piqa'])).toBe('hellaswag');
  expect(nearest('--LIMIT', ['--limit', '--list'])).toBe('--limit');
});

it('suggests nothing where nothing is near', () => {
  expect(nearest('frobnicate', ['run', 'score', 'list'])).toBeNull();
  expect(nearest('test', ['list', 'run', 'gate'])).toBeNull();
  expect(nearest('mine', ['main', 'list'])).toBeNull();
  expect(nearest('gpu', ['cpu', 'webgpu', 'cuda'])).toBeNull();
  expect(nearest('gpt3-xl', ['gpt2-m', 'llama2'])).toBeNull();
  expect(nearest('', ['a', 'b'])).toBeNull();
});

it('names the nearest, and all when they are few', () => {
  const error = unknownName({
    kind: 'task',
    found: 'piqo',
    candidates: ['piqa', 'siqa'],
    listedBy: 'bench list tasks',
  });
  expect(error.code).toBe('unknown-name');
  expect(error.message).toBe('unknown task "piqo"');
  expect(error.hint).toBe('did you mean piqa? (known: piqa, siqa)');
});
