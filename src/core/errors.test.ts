import { expect, it } from 'vitest';
import { HarnessError } from './errors.ts';

it('says that nothing was found where the list of what was is empty', () => {
  const names: string[] = [];
  const error = new HarnessError('bad-dataset', `expected a.json in the archive, found ${names.join(', ')}`);
  expect(error.message).toBe('expected a.json in the archive, found nothing');
  expect(new HarnessError('bad-dataset', 'expected 1, found 2').message).toBe('expected 1, found 2');
});
