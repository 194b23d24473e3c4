import { expect, it } from 'vitest';
import type { CommandIo } from './io.ts';
import { observe } from './observe.ts';
import { paceText, progressText, startProgress } from './progress.ts';

interface FakeIo {
  readonly io: CommandIo;
  readonly written: string[];
  pass(milliseconds: number): void;
}

function fakeIo(isTerminal: boolean): FakeIo {
  let clock = 0;
  const written: string[] = [];
  const io: CommandIo = {
    stdout: () => expect.fail('progress never writes to standard output'),
    stderr: (text) => void written.push(text),
    isTerminal,
    columns: 80,
    signal: new AbortController().signal,
    now: () => clock,
  };
  return { io, written, pass: (milliseconds) => (clock += milliseconds) };
}

it('writes a line at most every 30 seconds where there is no terminal', () => {
  const { io, written, pass } = fakeIo(false);
  const progress = startProgress({ label: 'piqa, gpt2', total: 100, resumed: 10 }, io);
  for (let done = 11; done <= 100; done++) {
    pass(1000);
    progress.update(done);
  }
  progress.stop();
  expect(written).toEqual([
    'piqa, gpt2: 40/100, 1.0 items/s, about 60 s left\n',
    'piqa, gpt2: 70/100, 1.0 items/s, about 30 s left\n',
    'piqa, gpt2: 100/100, 1.0 items/s\n',
  ]);
});

it('says beside the pace what whoever computes has to say, until that is over', () => {
  const { io, written, pass } = fakeIo(false);
  const observer = observe(io);
  const progress = observer.started({ label: 'piqa, gpt2', total: 100, resumed: 0 });
  for (const words of ['3 workers, 8 units, 1 stalled', '']) {
    observer.beside?.(words);
    pass(30_000);
    progress.update(30);
  }
  expect(written).toEqual([
    'piqa, gpt2: 30/100, 1.0 items/s, about 70 s left, 3 workers, 8 units, 1 stalled\n',
    'piqa, gpt2: 30/100, 0.50 items/s, about 2 min left\n',
  ]);
});

it('draws a bar with rate and time left on a terminal, and removes it', () => {
  const { io, written, pass } = fakeIo(true);
  const progress = startProgress({ label: 'piqa, gpt2', total: 100, resumed: 0 }, io);
  pass(2000);
  progress.update(50);
  progress.stop();
  const drawn = written.join('');
  expect(drawn).toContain('0/100 starting');
  expect(drawn).toContain('████████████░░░░░░░░░░░░');
  expect(drawn.endsWith('\r\x1b[K')).toBe(true);
  expect(drawn).toContain('50/100 25 items/s, about 2 s left');
});

it.each([
  [80, 'pointer-chasing, tiny-diffugpt 20/100 5.0 items/s, about 16 s left'],
  [64, 'pointer-chasing, tiny-diffugpt 20/100 5.0 items/s'],
  [45, 'pointer-chasing, tiny-diffugpt 20/100'],
  [30, 'pointer-chasing, tiny-… 20/100'],
  [10, '20/100'],
])('fits into %i columns, parts at the left last to go', (columns, text) => {
  const given = { label: 'pointer-chasing, tiny-diffugpt', done: 20, total: 100 };
  expect(progressText({ ...given, pace: '5.0 items/s, about 16 s left' }, columns)).toBe(text);
});

it('says how long it takes until something is done', () => {
  expect(paceText(0, 10, 900)).toBe('starting');
  expect(paceText(0, 10, 12_000)).toBe('12 s so far');
});

it('draws nothing after Ctrl-C, and takes the width of the terminal on standard error', () => {
  const stop = new AbortController();
  const { io, written } = fakeIo(true);
  const progress = startProgress(
    { label: 'piqa, gpt2', total: 100, resumed: 0 },
    { ...io, signal: stop.signal, stderrColumns: () => 18 },
  );
  expect(written.join('')).toBe('\rpiqa, gpt2 0/100\x1b[K');
  stop.abort();
  const before = written.length;
  progress.update(50);
  progress.stop();
  expect(written.slice(before)).toEqual([]);
});

it('names long durations in minutes and hours', () => {
  expect(paceText(1, 600, 1000)).toBe('1.0 items/s, about 10 min left');
  expect(paceText(1, 10_000, 1000)).toBe('1.0 items/s, about 2.8 h left');
});
