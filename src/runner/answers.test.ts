/** Units that others compute: any order, some twice, one of them with another record. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scriptedRun } from '../../test/scripted/scripted-run.ts';
import { readRun } from '../store/read-run.ts';
import { asker } from './ask-unit.ts';
import type { AnsweredUnit } from './plan.ts';
import { type Answers, executeRun } from './run.ts';

const inputs = scriptedRun({ rows: 20 });
let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'bench-answers-'));
});
afterEach(() => rm(out, { recursive: true }));

const OTHER = { kind: 'unscored', code: 'engine', reason: 'another' } as const;
const by = (name: string) => ({ name, seconds: 2, peakMemoryBytes: 1, machine: inputs.machine });

/** All units, the last one first, by two workers; then the one of item 0 again, with `again` done to it. */
function backwards(again: (unit: AnsweredUnit) => AnsweredUnit): Answers {
  return async function* answers(units, asked) {
    const ask = asker(asked);
    const computed: AnsweredUnit[] = [];
    for (const [i, unit] of units.toReversed().entries()) {
      const answered = await ask(unit);
      computed.push({ ...answered, by: by(i % 2 === 0 ? 'one:1' : 'two:2') });
    }
    yield* computed;
    yield again({ ...(computed.at(-1) as AnsweredUnit), by: by('three:3') });
  };
}

const stored = (folder: string) => readFile(join(folder, 'records.jsonl'), 'utf8');

it('gives the bytes of a run on one machine, and says who computed what', async () => {
  const local = await executeRun({ ...inputs, out: join(out, 'local') }, { unitSize: 5 });
  const others = await executeRun({ ...inputs, out }, { unitSize: 5, answers: backwards((unit) => unit) });
  expect(others).toMatchObject({ state: 'completed', newItems: 20, warnings: [] });
  expect(await stored(others.folder)).toBe(await stored(local.folder));
  const { environment } = await readRun(others.folder);
  expect(environment.sessions[0]?.workers?.map(({ name, items, seconds }) => [name, items, seconds])).toEqual([
    ['one:1', 10, 4],
    ['two:2', 10, 4],
    ['three:3', 0, 2],
  ]);
});

it('names the machines of earlier sessions where what they stored comes out otherwise', async () => {
  const first: Answers = async function* answers(units, asked) {
    const ask = asker(asked);
    for (const [i, unit] of units.slice(0, -1).entries()) {
      const answered = await ask(unit);
      yield { ...answered, by: by(i === 0 ? 'one:1' : 'two:2') };
    }
  };
  await executeRun({ ...inputs, out }, { unitSize: 5, answers: first });
  const second: Answers = async function* answers(units, asked) {
    const ask = asker(asked);
    const again = { number: 0, items: inputs.examples.slice(0, 5) };
    for (const unit of [...units, again]) {
      const answered = await ask(unit);
      const records = answered.records.map((record) => (record.index === 0 ? { ...record, score: OTHER } : record));
      yield { ...answered, records, by: by('four:4') };
    }
  };
  const { state, warnings } = await executeRun({ ...inputs, out }, { unitSize: 5, answers: second });
  expect(state).toBe('completed');
  expect(warnings.map(({ message }) => message)).toEqual([
    '1 item(s) gave another record when computed again on four:4 than on one:1 or two:2 in an earlier session; the stored one is kept',
  ]);
});

it('keeps the first record of a unit that came out otherwise, and names both workers', async () => {
  const changed = (unit: AnsweredUnit): AnsweredUnit => ({
    ...unit,
    records: unit.records.map((record, i) => (i === 0 ? { ...record, score: OTHER } : record)),
  });
  const { warnings } = await executeRun({ ...inputs, out }, { unitSize: 5, answers: backwards(changed) });
  expect(warnings).toEqual([
    {
      code: 'not-reproduced',
      message: '1 item(s) gave another record when computed again on three:3 than on two:2; the stored one is kept',
      exampleIds: [inputs.examples[0]?.id],
    },
  ]);
});
