/**
 * Memory of a run of HellaSwag's size beside one of 100 items: `node dist/scripts/bench-memory.js [ITEMS]` (default: 10042) writes
 * results/memory.md. Each run is a process of its own that scores made rows of four endings of HellaSwag's lengths with the random tiny
 * model, three passes an answer and racing to five, stores them and reads them back; the peak is of its resident set.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../src/files/package-root.ts';

const most = Number(process.argv[2] ?? '10042');
const FEW = 100;
const WAYS = ['3', 'auto'] as const;
const MB = 1e6;

interface Measured {
  readonly peakBytes: number;
  readonly seconds: number;
}

function measured(items: number, passes: string): Measured {
  const script = fileURLToPath(new URL('memory/one-run.js', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, [script, String(items), passes], { encoding: 'utf8' }));
}

const rows = WAYS.map((passes) => {
  const [few, all] = [measured(FEW, passes), measured(most, passes)];
  const allowed = 1.1 * few.peakBytes + 50 * MB;
  const cells = [few.peakBytes, all.peakBytes, allowed].map((bytes) => (bytes / MB).toFixed(0));
  const verdict = all.peakBytes <= allowed ? 'met' : `missed by ${((all.peakBytes - allowed) / MB).toFixed(0)} MB`;
  return `| \`--passes ${passes}\` | ${cells.join(' | ')} | ${verdict} | ${all.seconds.toFixed(0)} |`;
});
writeFileSync(
  join(packageRoot(), 'results/memory.md'),
  `# Memory of long runs

\`node dist/scripts/bench-memory.js ${most}\`; peak resident set in MB of a process that scores ${FEW} and ${most.toLocaleString('en')} made rows of four endings with the random tiny model, stores them and reads them back.
Allowed: 1.1 times that of ${FEW} items and 50 MB.

| | ${FEW} items | ${most.toLocaleString('en')} items | allowed | | seconds |
|---|---|---|---|---|---|
${rows.join('\n')}
`,
);
