import { expect, it } from 'vitest';
import { verdictOf } from './run-program.ts';

const STARTED = '{"started":true}\n';
const line = (verdict: string) => `{"verdict":"${verdict}","reason":"so"}\n`;

it('believes the last line of a judge', () => {
  expect(verdictOf(STARTED + line('passed'), '', false, 'end')).toEqual({ kind: 'passed', reason: 'so' });
  expect(verdictOf(line('not-run'), '', false, 'end')).toEqual({ kind: 'not-run', reason: 'so' });
});

it('counts a program that was started as failed, whatever became of its judge', () => {
  expect(verdictOf(STARTED + line('not-run'), '', false, 'end').kind).toBe('crash');
  expect(verdictOf(STARTED, 'KeyboardInterrupt\n', false, 'end')).toEqual({
    kind: 'crash',
    reason: 'end: KeyboardInterrupt',
  });
  expect(verdictOf(STARTED, '', true, 'end').kind).toBe('timeout');
  expect(verdictOf(`${STARTED}{"verd`, '', false, 'end').kind).toBe('crash');
});

it('counts a program that was never started as not run', () => {
  for (const report of ['', 'noise\n', '{"started":false}\n']) {
    expect(verdictOf(report, 'bwrap: no\n', false, 'end')).toEqual({ kind: 'not-run', reason: 'end: bwrap: no' });
  }
  expect(verdictOf(line('crash'), '', false, 'end')).toEqual({ kind: 'not-run', reason: 'so' });
  expect(verdictOf('', '', true, 'end').kind).toBe('not-run');
});
