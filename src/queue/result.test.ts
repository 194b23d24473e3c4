import { expect, it } from 'vitest';
import { scriptedRun } from '../../test/scripted/scripted-run.ts';
import { asker } from '../runner/ask-unit.ts';
import { parseResult, resultText } from './result.ts';

it('arrives as it was sent, or not at all where a byte of it is lost', async () => {
  const run = scriptedRun({ rows: 5 });
  const answered = await asker(run)({ number: 0, items: run.examples.map(({ id, index }) => ({ id, index })) });
  const by = { name: 'here:1', seconds: 1, peakMemoryBytes: 2, machine: run.machine };
  const result = { ...answered, unit: 'u1', from: 0, by };
  const text = resultText(result);
  expect(parseResult(text)).toEqual(JSON.parse(JSON.stringify(result)));
  expect(parseResult(resultText({ ...result, records: [] }))?.records).toEqual([]);
  const at = text.lastIndexOf('"id"');
  const damaged = [
    text.slice(0, -1),
    text.slice(0, at),
    `${text.slice(0, at + 1)}x${text.slice(at + 2)}`,
    `${text}\n`,
    '',
  ];
  for (const each of damaged) expect(parseResult(each)).toBeNull();
});
