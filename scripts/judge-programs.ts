/**
 * Does the sandbox judge one program of each class alike everywhere: in both backends, as root and as an ordinary user, counted
 * by control groups and by the judge? `node dist/scripts/judge-programs.js [--python PATH] [--concurrency N]`; as root both
 * users, else this one. Prints `results/sandbox.md`; exit code 1 where a verdict is another than expected.
 */
import { parseArgs } from 'node:util';
import { openSandbox, type SandboxOptions } from '../src/sandbox/open-sandbox.ts';
import { judgePrograms, NOBODY, PROGRAMS } from '../test/scripted/programs/index.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: '/usr/bin/python3' },
    concurrency: { type: 'string', default: '2' },
  },
});

const users: readonly Pick<SandboxOptions, 'user'>[] = process.getuid?.() === 0 ? [{}, { user: NOBODY }] : [{}];
const places = (['bubblewrap', 'namespaces'] as const).flatMap((backend) =>
  users.flatMap((user) => [true, false].map((cgroups) => ({ backend, cgroups, ...user }))),
);

const columns: (readonly string[])[] = [];
const heads: string[] = [];
for (const place of places) {
  const options = { ...place, python: values.python };
  const { backend, accounting, python } = (await openSandbox(options)).facts;
  if (place.cgroups && accounting === 'judge') continue; // no control groups here: the same as without
  const verdicts = await judgePrograms((limits) => openSandbox({ ...options, limits }), Number(values.concurrency));
  columns.push(verdicts.map(({ kind }) => kind));
  const who = place.user === undefined ? (users.length > 1 ? 'root' : 'this user') : 'nobody';
  heads.push(`${backend}, ${who}, ${accounting}, Python ${python}`);
}

const other = PROGRAMS.map(({ expected }, i) => columns.filter((kinds) => kinds[i] !== expected).length);
console.log(`# One program of each class in the sandbox

    node dist/scripts/judge-programs.js

${PROGRAMS.length} programs (\`test/scripted/programs\`) in ${columns.length} places; verdicts other than expected: ${other.reduce((sum, each) => sum + each, 0)}.

${heads.map((head, i) => `${i + 1}. ${head}`).join('\n')}

| Class | expected | ${heads.map((_, i) => i + 1).join(' | ')} |
|${'---|'.repeat(heads.length + 2)}
${PROGRAMS.map(({ name, expected }, i) => `| ${name} | ${expected} | ${columns.map((kinds) => kinds[i]).join(' | ')} |`).join('\n')}`);
process.exitCode = other.every((count) => count === 0) ? 0 : 1;
