import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { scored, type View, visible, withSpecialTokens } from '../../core/question.ts';
import { joint, jointWithoutBos, separate } from '../../core/wording.ts';
import { loadTokenizer } from '../../tokenizers/load.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { lowerView } from './lower.ts';

const CONTEXT = 128;
let gpt2: Tokenizer;
beforeAll(async () => {
  const folder = fileURLToPath(new URL('../../../models/random-gpt2', import.meta.url));
  gpt2 = (await loadTokenizer(folder)) as Tokenizer;
});

/** Cuts text into pairs of letters, a single one at the end; the id is the place in the alphabet of the first. BOS is 99. */
const pairs: Tokenizer = {
  digest: '',
  size: 100,
  bosId: 99,
  eosId: null,
  addsBos: true,
  encode: (text, { specialTokens }) => [...(specialTokens ? [99] : []), ...pairsOf(text).map(idOf)],
  encodeWithOffsets: (text) => ({
    ids: pairsOf(text).map(idOf),
    starts: pairsOf(text).map((_, i) => 2 * i),
    ends: pairsOf(text).map((_, i) => Math.min(text.length, 2 * i + 2)),
  }),
  decode: () => '',
  token: () => null,
  id: () => null,
};
const pairsOf = (text: string): string[] => text.match(/..?/g) ?? [];
const idOf = (pair: string): number => pair.charCodeAt(0) - 96;

const only = (view: View, tokenizer: Tokenizer, contextLength = CONTEXT) => {
  const [lowered] = lowerView(view, tokenizer, contextLength);
  if (lowered === undefined) throw new TypeError('the view has an alternative');
  return { ...lowered, ids: [...lowered.ids] };
};

describe('joint tokenisation', () => {
  it('encodes the whole text once and scores the tokens of the answer', () => {
    const text = 'The cat sat on the mat';
    const { ids, scored: positions, crossing } = only(joint([[visible('The cat sat'), scored(' on the mat')]]), gpt2);
    expect(ids).toEqual(gpt2.encode(text, { specialTokens: false }));
    expect(
      gpt2.decode(
        positions.map((at) => ids[at] as number),
        { skipSpecialTokens: false },
      ),
    ).toBe(' on the mat');
    expect(positions.at(-1)).toBe(ids.length - 1);
    expect(crossing).toBe(false);
  });

  it('puts a BOS before the first token of each piece that asks for one, scored where the piece is', () => {
    const view = jointWithoutBos([[withSpecialTokens(visible('ab')), withSpecialTokens(scored('cdef'))]]);
    expect(only(view, pairs)).toEqual({ ids: [99, 1, 99, 3, 5], scored: [2, 3, 4], crossing: false });
    const crossing = jointWithoutBos([[visible('abc'), withSpecialTokens(scored('def'))]]);
    expect(only(crossing, pairs)).toEqual({ ids: [1, 99, 3, 5], scored: [1, 2, 3], crossing: true });
    expect(only(view, { ...pairs, addsBos: false })).toEqual({ ids: [1, 3, 5], scored: [1, 2], crossing: false });
  });

  it('gives the token that crosses the border to the scored side, and says so', () => {
    // ab|cd|ef with the border inside cd.
    expect(only(jointWithoutBos([[visible('abc'), scored('def')]]), pairs)).toEqual({
      ids: [1, 3, 5],
      scored: [1, 2],
      crossing: true,
    });
    // The same where the answer comes first.
    expect(only(jointWithoutBos([[scored('abc'), visible('def')]]), pairs)).toMatchObject({
      scored: [0, 1],
      crossing: true,
    });
  });

  it('scores a stretch in the middle or at the end, such as the suffix of a Winogrande sentence', () => {
    expect(only(jointWithoutBos([[visible('ab'), scored('cd'), visible('ef')]]), pairs)).toMatchObject({
      scored: [1],
      crossing: false,
    });
    expect(only(jointWithoutBos([[visible('ab'), visible('cd'), scored('efgh')]]), pairs)).toMatchObject({
      ids: [1, 3, 5, 7],
      scored: [2, 3],
    });
  });

  it('counts a crossing only between scored and visible text', () => {
    expect(only(jointWithoutBos([[visible('ab'), scored('c'), scored('d')]]), pairs).crossing).toBe(false);
    expect(only(jointWithoutBos([[visible('a'), visible('b'), scored('cd')]]), pairs).crossing).toBe(false);
  });
});

describe('separate tokenisation', () => {
  it('encodes each piece alone and glues the ids', () => {
    expect(only(separate([[visible('abc'), scored('def')]]), pairs)).toEqual({
      ids: [1, 3, 4, 6],
      scored: [2, 3],
      crossing: false,
    });
  });

  it('differs from joint tokenisation where a token would cross the border', () => {
    const pieces = [visible('The cat sat on t'), scored('he mat')];
    const [apart, whole] = [only(separate([pieces]), gpt2), only(joint([pieces]), gpt2)];
    const text = (ids: readonly number[]) => gpt2.decode(ids, { skipSpecialTokens: false });
    expect(apart.ids).not.toEqual(whole.ids);
    expect(text(apart.ids)).toBe(text(whole.ids));
    expect(text(apart.scored.map((at) => apart.ids[at] as number))).toBe('he mat');
  });
});

describe('BOS', () => {
  const pieces = [visible('abcd'), scored('ef')];

  it('once stands in front and is never scored', () => {
    expect(only(joint([pieces]), pairs)).toEqual({ ids: [99, 1, 3, 5], scored: [3], crossing: false });
    expect(only({ ...separate([pieces]), bos: 'once' }, pairs)).toMatchObject({ ids: [99, 1, 3, 5], scored: [3] });
  });

  it('as pieces stands where a piece asks for it, even inside, and is scored with its piece', () => {
    expect(only(jointWithoutBos([pieces]), pairs).ids).toEqual([1, 3, 5]);
    const both = separate([pieces.map(withSpecialTokens)]);
    expect(only(both, pairs)).toEqual({ ids: [99, 1, 3, 99, 5], scored: [3, 4], crossing: false });
  });

  it('is not added where the family was trained without', () => {
    expect(gpt2.addsBos).toBe(false);
    expect(only(joint([[visible('The'), scored(' cat')]]), gpt2).ids).not.toContain(gpt2.bosId);
    expect(only(joint([pieces]), { ...pairs, bosId: null }).ids).toEqual([1, 3, 5]);
  });
});

describe('a question that cannot be put', () => {
  it('because no token belongs to the answer is an error', () => {
    for (const view of [joint([[visible('ab'), scored('')]]), separate([[visible('ab'), scored('')]])]) {
      expect(() => lowerView(view, pairs, CONTEXT)).toThrow(expect.objectContaining({ code: 'empty-answer' }));
    }
  });

  it('because it is longer than the context is an error, and one of just that length is not', () => {
    const view = joint([[visible('abcd'), scored('efgh')]]); // BOS and four pairs
    expect(only(view, pairs, 5).ids).toHaveLength(5);
    expect(() => lowerView(view, pairs, 4)).toThrow(
      expect.objectContaining({ code: 'context-overflow', message: "5 tokens do not fit the model's 4" }),
    );
  });
});

it('alternatives are lowered one by one, in order', () => {
  const view = jointWithoutBos([
    [visible('ab'), scored('cd')],
    [visible('ab'), scored('efgh')],
  ]);
  expect(lowerView(view, pairs, CONTEXT).map(({ ids, scored: positions }) => [[...ids], positions])).toEqual([
    [[1, 3], [1]],
    [
      [1, 5, 7],
      [1, 2],
    ],
  ]);
});
