import { describe, expect, it } from 'vitest';
import type { ItemRecord } from '../core/record.ts';
import type { Refusal } from '../core/response.ts';
import { judgedTexts, judgedView, writtenViews } from './judged-texts.ts';

const refusal: Refusal = { code: 'context-overflow', reason: 'too long' };

function record(
  texts: readonly string[],
  values: readonly string[],
  refused: Readonly<Record<string, Refusal>> = {},
): ItemRecord {
  const views = Object.fromEntries(texts.map((text) => [text, [{ steps: 2, draw: 0, text, tokens: 1, nfe: 1 }]]));
  const named = Object.fromEntries(values.map((name) => [name, 1]));
  const score = { kind: 'scored', values: named, answer: null, gold: 0, undecided: false } as const;
  return { id: 'item/0', index: 0, score, response: { kind: 'written', views, refused, nfe: 1 } };
}

describe('metrics without a name of a view judge', () => {
  it.each([
    { name: 'the only view', given: record(['prefix'], ['acc']), view: 'prefix' },
    {
      name: 'default, where stored views stand by name',
      given: record(['canvas-32', 'default'], ['acc']),
      view: 'default',
    },
    {
      name: 'default, also where it was refused',
      given: record(['canvas-32'], ['acc@canvas-32'], { default: refusal }),
      view: 'default',
    },
    {
      name: 'the view that no metric names, where none is called default',
      given: record(['long', 'short'], ['pass@1@8@long', 'pass@1@8', 'pass@1']),
      view: 'short',
    },
    { name: 'none, where the values do not tell', given: record(['long', 'short'], ['acc']), view: null },
    { name: 'none, where all are named', given: record(['long'], ['acc@long']), view: null },
  ])('$name', ({ given, view }) => {
    expect(judgedView(given)).toBe(view);
  });

  it('no text of a view that was refused', () => {
    const both = record(['canvas-32', 'default'], ['acc', 'acc@canvas-32']);
    const refused = record(['canvas-32'], ['acc@canvas-32'], { default: refusal });
    expect([both, refused].map((each) => judgedTexts(each).map(({ text }) => text))).toEqual([['default'], []]);
  });
});

describe('views of a run', () => {
  it('are those that something was written in, the judged one apart', () => {
    const refused = record(['oracle-10'], ['acc@oracle-10'], { default: refusal });
    const both = record(['canvas-32', 'default'], ['acc', 'acc@canvas-32']);
    expect(writtenViews([refused, both])).toEqual({ judged: 'default', others: ['canvas-32', 'oracle-10'] });
  });

  it('are not told where there is one, or where nothing was judged', () => {
    expect(writtenViews([record(['default'], ['acc'])])).toBeNull();
    expect(writtenViews([record(['canvas-32', 'oracle-10'], [], { default: refusal })])).toBeNull();
    expect(writtenViews([])).toBeNull();
  });
});
