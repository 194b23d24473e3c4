import { expect, it } from 'vitest';
import { clusterName } from './cluster-name.ts';

it('leaves ids as they are', () => {
  expect(clusterName('HumanEval/12')).toBe('HumanEval/12');
  expect(clusterName('x'.repeat(32))).toBe('x'.repeat(32));
});

it('shortens texts to 12 digits of their SHA-256', () => {
  // printf 'The quick brown fox jumps over the lazy dog' | sha256sum
  expect(clusterName('The quick brown fox jumps over the lazy dog')).toBe('d7a8fbb307d7');
});
