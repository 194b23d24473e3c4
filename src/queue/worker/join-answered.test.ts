import { expect, it } from 'vitest';
import { scriptedRun } from '../../../test/scripted/scripted-run.ts';
import { asker } from '../../runner/ask-unit.ts';
import { joinAnswered } from './join-answered.ts';

it('is what one call for all items gives, with the costs of its parts together', async () => {
  const run = scriptedRun({ rows: 7 });
  const ask = asker(run);
  const of = (from: number, to: number) => ask({ number: from, items: run.examples.slice(from, to) });
  const work = (items: number) => ({ items, tokens: 10 * items, flops: items });
  const cost = (seconds: number) => ({ 8: { seconds, texts: 1, nfe: 2, tokens: 3 } });
  const whole = await of(0, 7);
  const parts = [
    { ...(await of(0, 3)), costs: { writing: cost(2), work: work(3) } },
    { ...(await of(3, 6)), costs: { writing: cost(1), work: work(3) } },
    { ...(await of(6, 7)), costs: {} },
  ];
  const joined = joinAnswered(parts);
  expect(joined.records).toEqual(whole.records);
  expect(joined.traces).toEqual(whole.traces);
  expect(joined.costs.work).toEqual(work(6));
  expect(joined.costs.writing?.['8']).toMatchObject({ seconds: 3, texts: 2, nfe: 4, tokens: 6 });
  expect(joinAnswered([whole]).records).toEqual(whole.records);
});
