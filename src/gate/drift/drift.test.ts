import { describe, expect, it } from 'vitest';
import type { ItemRecord } from '../../core/record.ts';
import type { ItemTrace, TextTrace, TraceStep } from '../../core/trace.ts';
import { driftOf } from './drift.ts';

function chosen(id: string, index: number, values: readonly number[], answer: number): ItemRecord {
  const alternatives = values.map((value) => ({
    tokens: 2,
    crossing: false,
    quantities: { loglikelihood: { value, stderr: 0 } },
    exact: true,
    greedy: null,
  }));
  const ranking = { best: answer, runnerUp: 1 - answer, margin: 1, stderr: 0 };
  return {
    id,
    index,
    score: { kind: 'scored', values: { acc: Number(answer === 0), margin: 0.5 }, answer, gold: 0, undecided: false },
    response: {
      kind: 'answered',
      views: { default: { alternatives, rankings: { 'loglikelihood/sum': ranking } } },
      nfe: 2,
    },
  };
}

function written(id: string, index: number, text: string): ItemRecord {
  return {
    id,
    index,
    score: { kind: 'scored', values: { exact: 1 }, answer: null, gold: 0, undecided: false },
    response: { kind: 'written', views: { default: [{ steps: 2, draw: 0, text, tokens: 2, nfe: 2 }] }, nfe: 2 },
  };
}

const side = (records: readonly ItemRecord[], traces: readonly ItemTrace[] = []) => ({
  records,
  traces: new Map(traces.map((trace) => [trace.id, trace])),
});

describe('choices', () => {
  const a = [chosen('1', 0, [-1, -2], 0), chosen('2', 1, [-3, -4], 0)];

  it('that are equal to the byte are identical', () => {
    const drift = driftOf(side(a), side(a));
    expect(drift).toMatchObject({ verdict: 'identical', items: 2, unpaired: 0, otherBytes: 0, decided: [] });
    expect(drift.scores).toEqual({ answers: 4, largest: 0, largestPerToken: 0, id: '1' });
    // Nothing seen in two items leaves much possible.
    expect(drift.otherDecisions).toMatchObject({ value: 0, n: 2 });
    expect(drift.otherDecisions.high).toBeGreaterThan(0.5);
  });

  it('whose scores moved keep their decisions', () => {
    const b = [chosen('1', 0, [-1, -2], 0), chosen('2', 1, [-3, -4.25], 0), chosen('3', 2, [-1, -1], 0)];
    const drift = driftOf(side(a), side(b));
    expect(drift).toMatchObject({ verdict: 'same-decisions', items: 2, unpaired: 1, otherBytes: 1 });
    expect(drift.scores).toEqual({ answers: 4, largest: 0.25, largestPerToken: 0.125, id: '2' });
  });

  it('that turned are counted and named', () => {
    const b = [chosen('1', 0, [-1, -2], 0), chosen('2', 1, [-4, -3.9], 1)];
    const drift = driftOf(side(a), side(b));
    expect(drift).toMatchObject({ verdict: 'other-decisions', decided: ['2'] });
    expect(drift.otherDecisions.value).toBe(0.5);
  });
});

describe('written texts', () => {
  const step = (tokens: readonly number[], confidences: readonly number[], revealed: readonly number[]): TraceStep => ({
    remaining: 0,
    positions: [4, 5],
    tokens,
    confidences,
    revealed,
  });
  const traced = (path: readonly TraceStep[]): ItemTrace => {
    const text: TextTrace = {
      view: 'default',
      steps: 2,
      draw: 0,
      maskable: [4, 5],
      context: { before: '', after: '' },
      path,
      pieces: { 7: ' a', 8: ' b', 9: ' c' },
    };
    return { id: '1', index: 0, texts: [text] };
  };

  it('part where a proposal differs, with the gap between both and the noise before', () => {
    const a = traced([step([7, 8], [-1, -2], [4]), step([7, 8], [-1, -1.5], [5])]);
    const b = traced([step([7, 8], [-1.001, -2], [4]), step([7, 9], [-1, -1.4], [5])]);
    const drift = driftOf(side([written('1', 0, ' a b')], [a]), side([written('1', 0, ' a c')], [b]));
    expect(drift).toMatchObject({ verdict: 'same-decisions', otherTexts: 1 });
    expect(drift.texts).toEqual([
      {
        id: '1',
        view: 'default',
        steps: 2,
        draw: 0,
        at: 3,
        parting: {
          step: 2,
          position: 5,
          pieces: [' b', ' c'],
          gap: expect.closeTo(0.1, 9),
          noise: expect.closeTo(0.001, 9),
        },
      },
    ]);
  });

  it('part where only what is revealed differs', () => {
    const a = traced([step([7, 8], [-1, -1], [4])]);
    const b = traced([step([7, 8], [-1, -1], [5])]);
    const drift = driftOf(side([written('1', 0, ' a')], [a]), side([written('1', 0, ' b')], [b]));
    expect(drift.texts[0]?.parting).toMatchObject({ step: 1, position: 4, pieces: [' a', ' a'], gap: 0 });
  });

  it('without steps say where their characters part', () => {
    const drift = driftOf(side([written('1', 0, 'same here')]), side([written('1', 0, 'same there')]));
    expect(drift.texts[0]).toMatchObject({ at: 5, parting: null });
  });
});
