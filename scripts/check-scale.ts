/**
 * Runs the examples of docs/scale.md as they stand there, on one machine: the array of SLURM in a shared folder, the matrix of CI, the copied
 * folders. What they merge must have the bytes of a local run: `node dist/scripts/check-scale.js`, a minute. Exit code 1 where it has not.
 *
 * Replaced are only what the machine lacks: `npx bench`, sbatch and srun, actions, rsync; and the models, which would be fetched.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/files/package-root.ts';
import { BENCH, differencesOf } from './queue/processes.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'bench-scale-'));
const SCALE = readFileSync(join(packageRoot(), 'docs/scale.md'), 'utf8');
const SMALL = '--models random-gpt2,random-diffugpt --tasks piqa --fixtures';

/** The indented lines of a section, without their indent. */
function exampleOf(title: string): readonly string[] {
  const section = SCALE.split(`## ${title}\n`)[1]?.split('\n## ')[0];
  if (section === undefined) throw new Error(`docs/scale.md has no section "${title}"`);
  return section.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.slice(4)] : []));
}

const here = (line: string): string =>
  line
    .replace(/^(npx )?bench /, `"${process.execPath}" "${BENCH}" `)
    .replace(/--models \S+ --tasks \S+/, SMALL)
    .replace('--threads 4', '--threads 1');

async function shell(script: string, cwd: string, environment: Readonly<Record<string, string>> = {}): Promise<void> {
  const env = { ...process.env, BENCH_DATA_DIR: '', ...environment };
  const child = spawn('bash', ['-ec', script], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`exit code ${code} of\n${script}\n${said}`);
}

function roomFor(name: string): string {
  const room = join(FOLDER, name);
  mkdirSync(room);
  return room;
}

/** Jobs of one array, at the same time, into one folder. */
async function slurm(): Promise<string> {
  const lines = exampleOf('A SLURM array');
  const end = lines.findIndex((line) => line.startsWith('job='));
  const room = roomFor('slurm');
  writeFileSync(join(room, 'array.sh'), lines.slice(0, end).map(here).join('\n'));
  const job = (task: number) => ({
    SLURM_ARRAY_TASK_ID: String(task),
    SLURM_ARRAY_TASK_COUNT: '3',
    SLURM_SUBMIT_DIR: room,
  });
  await Promise.all([1, 2, 3].map((task) => shell('bash array.sh', room, job(task))));
  const merge = lines.find((line) => line.startsWith('srun')) ?? '';
  await shell(here(merge.replace(/^srun \S+ /, '')), room);
  return join(room, 'results/runs');
}

/** Shares on machines of their own, whose artifacts are brought together. */
async function matrix(): Promise<string> {
  const commands = exampleOf('A CI matrix').flatMap((line) => /run: (npx bench .*)$/.exec(line)?.[1] ?? []);
  const [share = '', merge = ''] = commands;
  const merges = roomFor('matrix');
  for (const shard of [1, 2, 3, 4]) {
    const room = roomFor(`matrix-${shard}`);
    await shell(here(share.replace(/\$\{\{ matrix.shard \}\}/, String(shard))), room);
    cpSync(join(room, 'runs'), join(merges, 'runs'), { recursive: true });
  }
  const [joined = ''] = merge.split(' && ');
  await shell(here(joined), merges);
  return join(merges, 'results/runs');
}

async function copied(): Promise<string> {
  const room = roomFor('copied');
  const words = `"${process.execPath}" "${BENCH}" run ${SMALL}`;
  for (const [at, machine] of ['one', 'two'].entries()) {
    await shell(`${words} --shard ${at + 1}/2 --out ${machine}/results/runs`, room);
  }
  const lines = exampleOf('Copied folders').map((line) =>
    line.replace(/^rsync -a (\w+):(\S+)\/ /, 'mkdir -p collected; cp -r $1/$2/. '),
  );
  await shell(lines.map(here).join('\n'), room);
  return join(room, 'results/runs');
}

const local = roomFor('local');
await shell(here(`npx bench run ${SMALL} --out runs`), local);
for (const [name, example] of Object.entries({ slurm, matrix, copied })) {
  const merged = await example();
  // Shares stay beside what was made of them.
  for (const each of readdirSync(merged))
    if (each.startsWith('shard-')) rmSync(join(merged, each), { recursive: true });
  const differences = differencesOf(merged, join(local, 'runs'));
  console.log(`${name}: ${differences.length === 0 ? 'the bytes of a local run' : differences.join('; ')}`);
  if (differences.length > 0) process.exitCode = 1;
}
rmSync(FOLDER, { recursive: true });
