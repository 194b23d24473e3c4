import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { scored, type View, visible, type WriteQuestion, type Writing } from '../../core/question.ts';
import { inPlace, joint, separate, write } from '../../core/wording.ts';
import { loadTokenizer } from '../../tokenizers/load.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { lowerWriting } from './lower-writing.ts';

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = (await loadTokenizer(
    fileURLToPath(new URL('../../../models/random-gpt2', import.meta.url)),
  )) as Tokenizer;
});

const writing: Writing = { length: 'gold', steps: 'as-set', form: 'canonical', temperature: 'argmax', stops: [] };
const pieces = [visible('def total(items):\n    retu'), scored('rn sum(it'), visible('ems)\n')];
const asking = (...views: readonly View[]): WriteQuestion =>
  write('rn sum(it', { autoregressive: views, diffusion: views }, writing);
const model = { family: 'diffusion', contextLength: 512, shift: true } as const;
const idsOf = (text: string) => tokenizer.encode(text, { specialTokens: false });

it('lets no token cross a border in place, where the whole text has some that do', () => {
  const { views } = lowerWriting(asking(inPlace([pieces]), joint([pieces], 'joint')), model, tokenizer);
  const [inside, whole] = views.map(({ lowered }) => lowered);
  expect(whole?.crossing).toBe(true);
  expect(inside?.crossing).toBe(false);
  expect([...(inside?.ids ?? [])]).toEqual(pieces.flatMap(({ text }) => idsOf(text)));
  const middle = inside?.scored.map((position) => inside.ids[position] as number) ?? [];
  expect(tokenizer.decode(middle, { skipSpecialTokens: true })).toBe('rn sum(it');
});

describe('refusals', () => {
  let tokens: number;
  let around: number;
  beforeAll(() => {
    tokens = pieces.flatMap(({ text }) => idsOf(text)).length;
    around = tokens - idsOf('rn sum(it').length;
  });

  it('name the view that does not fit and leave the others', () => {
    const canvas: View = { ...inPlace([pieces], 'canvas-32'), writing: { length: 32 } };
    const tight = { ...model, contextLength: tokens };
    const { views, refused } = lowerWriting(asking(inPlace([pieces]), canvas), tight, tokenizer);
    expect(views.map(({ view }) => view)).toEqual(['default']);
    expect(refused).toEqual({
      'canvas-32': {
        code: 'context-overflow',
        reason: `${around + 32} tokens do not fit the model's ${tokens}`,
      },
    });
    expect(lowerWriting(asking(canvas), { ...tight, contextLength: around + 32 }, tokenizer).refused).toEqual({});
  });

  it('follow the length that a published script skips at', () => {
    const limited = (mostTokens: number): View => ({ ...separate([pieces]), writing: { mostTokens } });
    expect(lowerWriting(asking(limited(tokens)), model, tokenizer).refused).toEqual({});
    expect(lowerWriting(asking(limited(tokens - 1)), model, tokenizer).refused.default).toEqual({
      code: 'context-overflow',
      reason: `${tokens} tokens; the procedure skips what has more than ${tokens - 1}`,
    });
  });
});

it('puts the published instruction in front, and leaves out views whose tokens the vocabulary lacks', () => {
  const instruction: View = { ...separate([pieces]), asks: 'instruction' };
  const marked: View = { ...inPlace([pieces], 'fim-psm'), asks: 'fim-psm' };
  const { views, refused } = lowerWriting(
    asking(instruction, marked),
    { ...model, family: 'autoregressive' },
    tokenizer,
  );
  expect(views.map(({ view }) => view)).toEqual(['default']);
  expect(refused).toEqual({});
  const { ids, scored: middle } = views[0]?.lowered ?? { ids: new Int32Array(0), scored: [] };
  expect(tokenizer.decode([...ids.slice(0, middle[0])], { skipSpecialTokens: true })).toBe(
    'The prefix is: def total(items):\n    retu and the suffix is: ems)\n, please return the middle code: ',
  );
  expect(views[0]?.endIds).toEqual([tokenizer.eosId]);
});

it('ends a text with the tokens of the checkpoint too, where EOS ends it', () => {
  const ends = (changes: Partial<Writing>, row: Parameters<typeof lowerWriting>[3] = null) => {
    const question = { ...asking(inPlace([pieces])), writing: { ...writing, ...changes } };
    return lowerWriting(question, { ...model, endIds: [7, 8] }, tokenizer, row).views[0]?.endIds;
  };
  expect(ends({ endsAtEos: true })).toEqual([tokenizer.eosId, 7, 8]);
  expect(ends({})).toEqual([]);
});
