/** Progress as a terminal shows it: `bench run` in a pseudo-terminal of 45 columns. Needs Python 3 for it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const BENCH = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));
const TERMINAL = fileURLToPath(new URL('./in-terminal.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const COLUMNS = 45;

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'bench-terminal-'));
});
afterEach(() => rm(out, { recursive: true }));

interface Shown {
  /** `⌫` stands for the removal of the rest of a line. */
  readonly written: string;
  readonly code: number;
  /** Seconds from Ctrl-C to the end. */
  readonly stopping: number | null;
}

function inTerminal(stopAfter: number, words: readonly string[]): Shown {
  const command = [process.execPath, BENCH, ...words, '--fixtures', '--out', out];
  const { stdout, stderr } = spawnSync('python3', [TERMINAL, String(COLUMNS), String(stopAfter), ...command], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  const shown: Shown = JSON.parse(stdout);
  return { ...shown, written: shown.written.replaceAll('\x1b[K', '⌫') };
}

/** The lines that are left on the screen: a return goes back to the beginning, `⌫` removes what follows. */
function screen(written: string): string[] {
  return written.split('\n').map((line) => {
    let [shown, at] = ['', 0];
    for (const piece of line.split(/(\r|⌫)/)) {
      if (piece === '\r') at = 0;
      else if (piece === '⌫') shown = shown.slice(0, at);
      else {
        shown = shown.slice(0, at) + piece + shown.slice(at + piece.length);
        at += piece.length;
      }
    }
    return shown.trimEnd();
  });
}

/** What was drawn to be drawn over: from a return to the end of the line. */
const drawn = (written: string): string[] => [...written.matchAll(/\r([^\r\n⌫]+)⌫/g)].map(([, text]) => text ?? '');

it.skipIf(!hasPython)('fits into 45 columns, begins at once and leaves nothing behind', () => {
  const { written, code } = inTerminal(0, [
    'run',
    '--models',
    'tiny-diffugpt',
    '--tasks',
    'pointer-chasing-forward',
    '--limit',
    '48',
  ]);
  expect(code).toBe(0);
  const lines = drawn(written);
  expect(lines[0]).toBe('opening tiny-diffugpt');
  expect(lines).toContain('pointer-chasing-forward, tiny-diffugpt 0/8');
  expect(lines.at(-1)).toMatch(/8\/8/);
  for (const line of lines) expect(line.length).toBeLessThan(COLUMNS);
  const table = screen(written);
  expect(table.find((line) => line.startsWith('task'))).toBe('task                     tiny-diffugpt');
  expect(table.join('\n')).not.toMatch(/\d+\/8/);
});

it.skipIf(!hasPython)(
  'stops at Ctrl-C within two seconds, stores what is finished, and draws nothing into the table',
  () => {
    const steps = ['--passes', '63', '--steps', '5000'];
    const { written, code, stopping } = inTerminal(0.05, [
      'run',
      '--models',
      'random-diffugpt',
      '--tasks',
      'siqa',
      ...steps,
    ]);
    expect(code).toBe(130);
    expect(stopping).toBeLessThan(2);
    const [before = '', after = ''] = written.split('stopping after the batch in hand; Ctrl-C again to end at once');
    expect(drawn(before).length).toBeGreaterThan(1);
    expect(drawn(after)).toEqual([]);
    expect(after).toContain('stopped; repeat the command to resume');
    const [run = ''] = readdirSync(out);
    const records = join(out, run, 'records.jsonl');
    const stored = existsSync(records) ? readFileSync(records, 'utf8').split('\n').length - 1 : 0;
    expect(stored).toBeGreaterThan(0);
    expect(after).toContain(`interrupted, ${stored}`);
  },
);
