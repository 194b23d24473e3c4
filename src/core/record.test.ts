import { expect, it } from 'vitest';
import { asStored, type ItemRecord } from './record.ts';
import type { Ranking } from './response.ts';

const value = (nats: number) => ({ value: nats, stderr: 0 });
const only: Ranking = { best: 0, runnerUp: null, margin: 0, stderr: 0 };

const before: ItemRecord = {
  id: 'lambada/0',
  index: 0,
  score: { kind: 'scored', values: { nelbo: 3, bitsPerByte: 1 }, answer: null, gold: 0, undecided: false },
  response: {
    kind: 'answered',
    views: {
      default: {
        alternatives: [
          {
            tokens: 2,
            crossing: false,
            quantities: { nelbo: value(3), 'nelbo@8': value(4) },
            exact: true,
            greedy: false,
          },
        ],
        rankings: { 'nelbo/sum': only, 'nelbo@8/mean': only },
      },
    },
    nfe: 3,
  },
};

const now: ItemRecord = {
  ...before,
  cluster: 'passage',
  score: {
    ...{ kind: 'scored', answer: null, gold: 0, undecided: false },
    values: { nelbo: 3, bitsPerByte: 1, marginal: 2, 'likelihood@8': 3, slack: 1, exactBitsPerByte: 0.5 },
  },
  response: {
    kind: 'answered',
    views: {
      default: {
        alternatives: [
          {
            ...{ tokens: 2, crossing: false, exact: true, greedy: false },
            quantities: { nelbo: value(3), 'nelbo@8': value(4), marginal: value(2), 'likelihood@8': value(3) },
          },
        ],
        rankings: { 'nelbo/sum': only, 'nelbo@8/mean': only, 'marginal/sum': only, 'likelihood@8/mean': only },
      },
    },
    nfe: 3,
  },
};

it('holds a record of today against one of before clusters and likelihoods by what both have', () => {
  expect(asStored(now, before)).toEqual(before);
  expect(asStored(now, { ...before, cluster: 'passage' })).toEqual({ ...before, cluster: 'passage' });
});

it('holds one that counts the passes of its bracket against one that does not yet', () => {
  const counted = { ...now, response: { ...now.response, bracketNfe: 2 } } as ItemRecord;
  expect(asStored(counted, now)).toEqual(now);
  expect(asStored(counted, counted)).toEqual(counted);
});

it('leaves a record as it is where the stored one has the same', () => {
  expect(asStored(now, now)).toBe(now);
  const other = { ...now, id: 'lambada/1' };
  expect(asStored(other, now)).toBe(other);
});
