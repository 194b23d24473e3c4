/**
 * One program of each class, with the same verdict in every backend, as root and as an ordinary user, counted by control groups
 * and by the judge.
 */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/program.ts';
import { FORBIDDEN } from './programs/forbidden.ts';
import { GREEDY } from './programs/greedy.ts';
import { HONEST } from './programs/honest.ts';
import { candidate, plain } from './working-backends.ts';

const PROGRAMS = [...HONEST, ...GREEDY, ...FORBIDDEN].map(([name, solution, expected]) => ({
  name,
  solution,
  expected,
}));
const NOBODY = 65534;
/** An interpreter that nobody may read, too. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const limits = { cpuMs: 600, wallMs: 3000, memoryBytes: 512 * 1024 * 1024 };
const isRoot = process.getuid?.() === 0;

/** Control groups in one half, the judge in the other, so that two sandboxes a backend see both. */
const places = await Promise.all(
  (['bubblewrap', 'namespaces'] as const).flatMap((backend, i) =>
    (isRoot ? [undefined, NOBODY] : [undefined]).map(async (user, j) => ({
      ...(await candidate(backend, {
        python,
        limits,
        cgroups: (i + j) % 2 === 0,
        ...(user === undefined ? {} : { user }),
      })),
      who: user === undefined ? (isRoot ? 'root' : 'this user') : 'nobody',
    })),
  ),
);

it('has 60 programs, and a name for each', () => {
  expect(new Set(PROGRAMS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(60);
  expect(PROGRAMS).toHaveLength(new Set(PROGRAMS.map(({ name }) => name)).size);
});

describe.each(places)('$backend as $who', ({ sandbox, note }) => {
  it.skipIf(sandbox === null)(`judges every program right${note}`, { timeout: 300_000 }, async () => {
    const programs = PROGRAMS.map(({ solution }) => plain(solution));
    const verdicts = (await sandbox?.runAll(programs, { concurrency: 2 })) as readonly Verdict[];
    const found = PROGRAMS.map(({ name }, i) => [name, verdicts[i]?.kind]);
    const reasons = PROGRAMS.flatMap(({ name, expected }, i) =>
      verdicts[i]?.kind === expected ? [] : [`${name}: ${verdicts[i]?.reason}`],
    );
    expect(found, reasons.join('\n')).toEqual(PROGRAMS.map(({ name, expected }) => [name, expected]));
  });
});
