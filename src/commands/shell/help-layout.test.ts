import { expect, it } from 'vitest';
import { paragraph, table } from './help-layout.ts';

it('wraps a paragraph line by line, and keeps what is indented so', () => {
  expect(paragraph('one two three\n\n  four five six', 9)).toEqual([
    'one two',
    'three',
    '',
    '  four',
    '  five',
    '  six',
  ]);
});

it('cuts a word that no line holds, beginning where that takes no more lines', () => {
  expect(paragraph('a bcdefghijk', 8)).toEqual(['a bcdefg', 'hijk']);
  expect(paragraph('abcdef ghijklmnopq', 8)).toEqual(['abcdef', 'ghijklmn', 'opq']);
});

it('puts a default at the right margin, below the text where it has no room beside it', () => {
  const entries = [
    { name: '--a', about: 'short', standard: '1' },
    { name: '--long', about: 'a text of two lines', standard: 'nothing in particular' },
    { name: '--none', about: 'none', standard: '' },
  ];
  expect(table('Flags:', entries, 36)).toEqual([
    'Flags:',
    '  --a     short         [default: 1]',
    '  --long  a text of two lines',
    '                [default: nothing in',
    '                         particular]',
    '  --none  none',
    '',
  ]);
});

it('gives names at most half the width', () => {
  expect(table('Verbs:', [{ name: 'bench data list|verify|pull', about: 'data' }], 30)).toEqual([
    'Verbs:',
    '  bench data list  data',
    '  |verify|pull',
    '',
  ]);
});
