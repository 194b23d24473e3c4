import { expect, it } from 'vitest';
import { streamOf, WritingStreams } from './request-streams.ts';

it('tells a number from the text that is spelt like it', () => {
  expect(streamOf({ id: 0 })).not.toBe(streamOf({ id: '0' }));
  const streams = new WritingStreams();
  expect(streams.next({ id: 0 })).not.toBe(streams.next({ id: '0' }));
});

it('gives each line of an id a name of its own, whatever stands between', () => {
  const streams = new WritingStreams();
  const names = ['a', 'b', 'a', 1, 'a', '"a"#1', 1].map((id) => streams.next({ id }));
  expect(new Set(names).size).toBe(names.length);
  const alone = new WritingStreams();
  expect(['a', 'a', 'a'].map((id) => alone.next({ id }))).toEqual([names[0], names[2], names[4]]);
});

it('takes a key as it is, and does not count lines that name their repetition', () => {
  const streams = new WritingStreams();
  expect([1, 2].map((id) => streams.next({ id, key: 'k' }))).toEqual(['k', 'k']);
  expect([0, 1, 2].map((draw) => streams.next({ id: 'a' }, draw))).toEqual(['"a"', '"a"', '"a"']);
  expect(streams.next({ id: 'a' }, 1)).toBe('"a"#1');
});
