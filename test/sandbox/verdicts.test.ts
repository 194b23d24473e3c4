/**
 * One program of each class, with the same verdict in every backend, as root and as an ordinary user, counted by control groups
 * and by the judge.
 */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openSandbox } from '../../src/sandbox/open-sandbox.ts';
import { judgePrograms, NOBODY, PROGRAMS } from '../scripted/programs/index.ts';
import { candidate } from './working-backends.ts';

/** An interpreter that nobody may read, too. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const isRoot = process.getuid?.() === 0;
const users = isRoot ? [{ who: 'root' }, { who: 'nobody', user: NOBODY }] : [{ who: 'this user' }];

/** Control groups in one half, the judge in the other, so that two sandboxes a backend see both. */
const places = await Promise.all(
  (['bubblewrap', 'namespaces'] as const).flatMap((backend, i) =>
    users.map(async ({ who, ...user }, j) => {
      const place = { python, cgroups: (i + j) % 2 === 0, ...user };
      return { ...(await candidate(backend, place)), place, who };
    }),
  ),
);

it('has 60 programs or more, each of another class', () => {
  expect(PROGRAMS.length).toBeGreaterThanOrEqual(60);
  expect(new Set(PROGRAMS.map(({ name }) => name)).size).toBe(PROGRAMS.length);
});

describe.each(places)('$backend as $who', ({ backend, sandbox, place, note }) => {
  it.skipIf(sandbox === null)(`judges every program right${note}`, { timeout: 300_000 }, async () => {
    const verdicts = await judgePrograms((limits) => openSandbox({ ...place, backend, limits }), 2);
    const found = PROGRAMS.map(({ name }, i) => [name, verdicts[i]?.kind]);
    const reasons = PROGRAMS.flatMap(({ name, expected }, i) =>
      verdicts[i]?.kind === expected ? [] : [`${name}: ${verdicts[i]?.reason}`],
    );
    expect(found, reasons.join('\n')).toEqual(PROGRAMS.map(({ name, expected }) => [name, expected]));
  });
});
