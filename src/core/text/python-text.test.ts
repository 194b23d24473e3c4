import { expect, it } from 'vitest';
import { pythonCapitalize, pythonSplit, pythonStrip } from './python-text.ts';

// Expected values: the same calls in Python 3.11.
it('capitalizes as Python: first character in title case, all others in lower case', () => {
  expect(pythonCapitalize('she IS on TV')).toBe('She is on tv');
  expect(pythonCapitalize('')).toBe('');
  expect(pythonCapitalize(' he')).toBe(' he');
  expect(pythonCapitalize('ßa')).toBe('Ssa');
  expect(pythonCapitalize('ǆUR')).toBe('ǅur');
  expect(pythonCapitalize('ÉTÉ')).toBe('Été');
});

it('strips and splits at what Python calls white space', () => {
  const separators = String.fromCodePoint(0x1c, 0x85, 0xa0, 0x2003);
  const mark = String.fromCodePoint(0xfeff);
  expect(pythonStrip(`${separators} a b\n${separators}`)).toBe('a b');
  expect(pythonStrip(`${mark}a`)).toBe(`${mark}a`);
  expect(pythonSplit(` a${separators}b\n\nc `)).toEqual(['a', 'b', 'c']);
  expect(pythonSplit(' \n')).toEqual([]);
});
