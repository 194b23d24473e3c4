import { describe, expect, it } from 'vitest';
import type { Tokens } from './models/tokens.ts';
import { WordTable } from './word-table.ts';

const unitsOf = (word: string) => Uint16Array.from(word, (character) => character.charCodeAt(0));

/** Two tokens, the second of which covers what is left. */
const tokensOf = (number: number, { length }: string): Tokens => ({
  ids: [number, 2 ** 20 + number],
  starts: [0, 1],
  ends: [1, length],
});

function found(table: WordTable, word: string): unknown {
  const tokens: number[][] = [];
  return table.eachToken(unitsOf(word), 0, word.length, (...token) => tokens.push(token)) ? tokens : null;
}

describe('WordTable', () => {
  it('gives back the tokens of each word, however many it has grown to hold', () => {
    const table = new WordTable();
    const words = Array.from({ length: 40_000 }, (_, number) => `word ${number}`);
    for (const [number, word] of words.entries()) {
      table.add(unitsOf(word), 0, word.length, tokensOf(number, word));
    }
    for (const [number, word] of words.entries()) {
      if (number % 97 > 0) continue;
      expect(found(table, word)).toEqual([
        [number, 0, 1],
        [2 ** 20 + number, 1, word.length],
      ]);
      const ids: number[] = [];
      expect(table.appendIds(unitsOf(word), 0, word.length, ids)).toBe(true);
      expect(ids).toEqual([number, 2 ** 20 + number]);
    }
    expect(found(table, 'word')).toBeNull();
  });

  it('forgets all words, and remembers others from then on', () => {
    const table = new WordTable();
    table.add(unitsOf('one'), 0, 3, tokensOf(1, 'one'));
    table.clear();
    expect([table.size, found(table, 'one')]).toEqual([0, null]);
    table.add(unitsOf('two'), 0, 3, tokensOf(2, 'two'));
    expect(found(table, 'two')).toEqual([
      [2, 0, 1],
      [2 ** 20 + 2, 1, 3],
    ]);
  });
});
