import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { calculationSteps, isLastStepAnswer, stepVerdict } from '../../src/metrics/calculation-steps.ts';
import { GSM8K_NATURAL, GSM8K_SYMBOLIC, type Gsm8kRow, naturalSolution, symbolicSolution } from './rows.ts';

const folder = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const isPresent = existsSync(`${folder}gsm8k/symbolic/test.txt`);
const skipped = isPresent ? '' : ' (skipped: the folder ../shared with the published rows is not here)';
const pathOf = (file: string) => folder + file;

const own = await mkdtemp(join(tmpdir(), 'bench-gsm8k-'));
async function reading(content: string): Promise<(file: string) => string> {
  const path = join(own, 'rows.txt');
  await writeFile(path, content);
  return () => path;
}

/** A natural row in symbolic form: its calculations in order, separated by blanks. */
const toSymbolic = (row: Gsm8kRow): Gsm8kRow => ({ ...row, steps: (row.steps.match(/<<.*?>>/g) ?? []).join(' ') });

describe('rows', () => {
  it('are read from both forms, with and without steps', async () => {
    const symbolic = await GSM8K_SYMBOLIC.read(
      await reading('How many?||<<1+1=2>> <<2*9=18>> #### 1,018\nWhat?|| #### 3\n'),
    );
    expect(symbolic).toEqual([
      { question: 'How many?', steps: '<<1+1=2>> <<2*9=18>>', answer: '1,018' },
      { question: 'What?', steps: '', answer: '3' },
    ]);
    expect(symbolic.map(symbolicSolution)).toEqual(['<<1+1=2>> <<2*9=18>> #### 1,018', ' #### 3']);
    const answer = 'Two: 1+1=<<1+1=2>>2.\nSo $<<2*9=18>>18.\n#### 18';
    const [natural] = await GSM8K_NATURAL.read(await reading(JSON.stringify({ question: 'How many?', answer })));
    expect(natural && naturalSolution(natural)).toBe(answer);
    expect(natural && symbolicSolution(toSymbolic(natural))).toBe('<<1+1=2>> <<2*9=18>> #### 18');
  });

  it('without separator, answer or number are refused with file, line and field', async () => {
    await expect(GSM8K_SYMBOLIC.read(await reading('a||b #### 1\nno separator\n'))).rejects.toThrow(
      /rows.txt, line 2, field steps: expected string, found nothing/,
    );
    await expect(GSM8K_SYMBOLIC.read(await reading('a||<<1+1=2>>\n'))).rejects.toThrow(/line 1, field answer/);
    await expect(GSM8K_SYMBOLIC.read(await reading('a||<<1+1=2>> #### two\n'))).rejects.toThrow(
      /line 1, field answer: expected a number after "#### "/,
    );
  });
});

describe.skipIf(!isPresent)(`published rows${skipped}`, () => {
  it('of the symbolic form are the calculations of the natural form; 18 have none', async () => {
    const [symbolic, natural] = [await GSM8K_SYMBOLIC.read(pathOf), await GSM8K_NATURAL.read(pathOf)];
    expect(symbolic).toHaveLength(1319);
    expect(natural.map(toSymbolic)).toEqual(symbolic);
    expect(symbolic.filter(({ steps }) => steps === '')).toHaveLength(18);
  });

  it('have right steps only; the last one gives the answer in 1,208 of 1,301 rows', async () => {
    const texts = (await GSM8K_SYMBOLIC.read(pathOf)).map(symbolicSolution);
    const steps = texts.flatMap(calculationSteps);
    expect(steps).toHaveLength(4282);
    expect(steps.filter((step) => stepVerdict(step) !== 'right')).toEqual([]);
    const last = texts.map(isLastStepAnswer);
    expect([last.filter(Boolean).length, last.filter((each) => each !== null).length]).toEqual([1208, 1301]);
  });
});
