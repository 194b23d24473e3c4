/** The published solutions pass, and the floors are the published ones. Needs the data folder beside the repository. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { permutation, stream } from '../../src/core/numbers/random.ts';
import { locateSource } from '../../src/datasets/locate.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/open-sandbox.ts';
import {
  type HumanevalRow,
  type InfillRow,
  type InfillVariant,
  programOf,
  readHumaneval,
  readInfill,
} from '../../tasks/humaneval/rows.ts';

const dataDir = fileURLToPath(new URL('../../../shared/data', import.meta.url));
/** Twice what a set takes on two busy cores. */
const LONG_MS = 300_000;
const SAMPLE = 24;

const sandbox = await opened();
const canRun = sandbox !== null && existsSync(join(dataDir, 'humaneval-infilling'));
const note = canRun ? '' : ' (skipped: no sandbox, or no ../shared/data/humaneval-infilling)';

describe.skipIf(!canRun)(`HumanEval${note}`, () => {
  it('T28: all 1033 solutions of the single-line set pass', { timeout: LONG_MS }, async () => {
    const rows = await infill('single-line');
    const verdicts = await sandbox?.runAll(rows.map((row) => programOf(row, row.canonical_solution)));
    expect(rows).toHaveLength(1033);
    expect(verdicts?.flatMap(({ kind, reason }, i) => (kind === 'passed' ? [] : [rows[i]?.task_id, reason]))).toEqual(
      [],
    );
  });

  it('T28: the empty completion passes 27 of the 1033', { timeout: LONG_MS }, async () => {
    const impatient = await openSandbox({ limits: { cpuMs: 500 } }); // fifteen of them loop for ever
    const verdicts = await impatient.runAll((await infill('single-line')).map((row) => programOf(row, '')));
    expect(verdicts).toHaveLength(1033);
    expect(verdicts.filter(({ kind }) => kind === 'passed')).toHaveLength(27);
    expect(verdicts.filter(({ kind }) => kind !== 'passed' && kind !== 'wrong' && kind !== 'timeout')).toEqual([]);
  });

  it.each([
    ['multi-line', 5815],
    ['random-span', 1640],
    ['random-span-light', 164],
    ['HumanEval', 164],
  ] as const)('a sample of the solutions of %s (%i) passes', async (set, count) => {
    const rows = set === 'HumanEval' ? await humaneval() : await infill(set);
    expect(rows).toHaveLength(count);
    const programs = sampleOf(rows, SAMPLE).map((row) => programOf(row, row.canonical_solution));
    const verdicts = await sandbox?.runAll(programs);
    expect(verdicts?.map(({ kind }) => kind)).toEqual(programs.map(() => 'passed'));
  });

  it('verdicts are the same when other processes load every core', { timeout: LONG_MS }, async () => {
    const rows = sampleOf(await infill('single-line'), SAMPLE);
    const programs = [
      ...rows.map((row) => programOf(row, row.canonical_solution)),
      ...rows.map((row) => programOf(row, '')),
      ...['while True: pass\n', 'x = [0] * 10 ** 10\n', 'import os\nos._exit(0)\n'].map((solution) => ({
        ...{ solution, entryPoint: 'f', reference: '' },
        test: 'def check(f): pass',
      })),
    ];
    const kinds = async () => (await sandbox?.runAll(programs))?.map(({ kind }) => kind);
    const idle = await kinds();
    const burners = Array.from({ length: availableParallelism() }, burner);
    const busy = await kinds().finally(() => burners.map((each) => each.kill('SIGKILL')));
    expect(idle?.slice(0, SAMPLE)).toEqual(rows.map(() => 'passed'));
    expect(idle?.slice(-3)).toEqual(['timeout', 'limit', 'crash']);
    expect(busy).toEqual(idle);
  });
});

function burner(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
}

async function opened(): Promise<Sandbox | null> {
  return openSandbox().catch(() => null);
}

async function infill(variant: InfillVariant): Promise<InfillRow[]> {
  return readInfill(variant, (await locateSource(`humaneval-infill/${variant}`, { dataDir })).path);
}

async function humaneval(): Promise<HumanevalRow[]> {
  return readHumaneval((await locateSource('humaneval/jsonl', { dataDir })).path);
}

function sampleOf<Row>(rows: readonly Row[], size: number): Row[] {
  const order = permutation(stream(20, 'sample of published solutions'), rows.length);
  return [...order.slice(0, size)].flatMap((index) => rows[index] ?? []);
}
