import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCsv } from '#harness';
import { countdownCsv, countdownD1, countdownRowSchema, countdownTest } from './rows.ts';

const folder = await mkdtemp(join(tmpdir(), 'bench-countdown-'));
const ROW = { input: '86,28,13,31,96', output: '86+28=114,31-13=18,114-18=96' };

async function reading(content: string): Promise<(file: string) => string> {
  const path = join(folder, 'rows.jsonl');
  await writeFile(path, content);
  return () => path;
}

describe('rows', () => {
  it('must be solved by their output', () => {
    expect(countdownRowSchema.safeParse(ROW).success).toBe(true);
    expect(countdownRowSchema.safeParse({ ...ROW, output: '95+1=96' }).success).toBe(false);
  });

  it('of another size or form are refused with file, line and field', async () => {
    const path = await reading(`${JSON.stringify({ input: '2,3,6', output: '2*3=6' })}\n`);
    await expect(countdownTest(4).read(path)).rejects.toThrow(
      /rows.jsonl, line 1, field input: expected 4 numbers and a target, found 2,3,6/,
    );
    const d1 = await reading('{"input":"30,100,93","output":"23"}\n');
    await expect(countdownTest(3).read(d1)).rejects.toThrow(/line 1, field output: expected a solution of the input/);
    await expect(countdownD1.read(await reading(`${JSON.stringify(ROW)}\n`))).rejects.toThrow(/field input/);
  });

  it('come back from CSV as they went in', async () => {
    const rows = [ROW, { input: '97,38,3,17,14', output: '97-38=59,59-17=42,42/3=14' }];
    const path = join(folder, 'rows.csv');
    await writeFile(path, countdownCsv(rows));
    expect(await readCsv(path, countdownRowSchema)).toEqual(rows);
    await writeFile(path, 'input,output\n"86,28,13,31,96","=HYPERLINK(""x"")"\n');
    await expect(readCsv(path, countdownRowSchema)).rejects.toThrow(/rows.csv, row 1, field output/);
  });
});
