import { expect, it } from 'vitest';
import { modelNames } from './model-names.ts';

it('shows catalog names as they are and paths by as few parts as tell them apart', () => {
  const names = modelNames(['gpt2-m', './out/final', '/runs/b/final', '/runs/c/best/']);
  expect([...names.values()]).toEqual(['gpt2-m', 'out/final', 'b/final', 'best']);
});

it('cuts the middle of a long name', () => {
  const [name] = modelNames(['a-checkpoint-with-a-name-of-many-words']).values();
  expect(name).toBe('a-checkpoint-…of-many-words');
});
