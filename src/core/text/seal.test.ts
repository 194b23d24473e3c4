import { expect, it } from 'vitest';
import { isUntouched, seal } from './digest.ts';

it('tells a changed document from one that is as it was written', () => {
  const sealed = seal({ format: 'x/1', runs: [{ seconds: 1.5 }] });
  expect(isUntouched(sealed)).toBe(true);
  expect(isUntouched(JSON.parse(JSON.stringify(sealed)))).toBe(true);
  expect(isUntouched({ ...sealed, runs: [{ seconds: 1.6 }] })).toBe(false);
  expect(isUntouched({ ...sealed, sha256: sealed.sha256.replace(/^./, (c) => (c === '0' ? '1' : '0')) })).toBe(false);
  expect(isUntouched({ format: 'x/1' })).toBe(true);
  expect(seal(sealed)).toEqual(sealed);
});
