import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { CANONICAL_TEXT } from './continuation-text.ts';
import {
  type Decoding,
  type Generated,
  type GenerationRequest,
  type GenerationSetting,
  generate,
  type NextToken,
  type SequenceBatch,
} from './generate.ts';

/** One id a UTF-16 unit. */
const LETTERS: Tokenizer = {
  digest: '',
  size: 128,
  bosId: null,
  eosId: 0,
  addsBos: false,
  encode: (text) => Array.from(text, (c) => c.charCodeAt(0)),
  encodeWithOffsets: () => {
    throw new TypeError('not used');
  },
  decode: (ids) => String.fromCharCode(...ids.filter((id) => id !== 0)),
  token: (id) => String.fromCharCode(id),
  id: (token) => token.charCodeAt(0),
};

const TEXT = 'abcdefghijklmnopqrstuvwxyz';
const GREEDY: Decoding = { kind: 'greedy' };

/** A model that goes on with the alphabet and ends it with token 0; notes how many sequences each forward had. */
function alphabet(): SequenceBatch & { readonly forwards: string[] } {
  const open: number[][] = [];
  const forwards: string[] = [];
  const next = (ids: readonly number[]): NextToken => {
    const best = (LETTERS.encode(TEXT, { specialTokens: false })[ids.length] as number | undefined) ?? 0;
    return { best, bestLogprob: -ids.length, logits: null };
  };
  return {
    forwards,
    get open() {
      return open.length;
    },
    admit: async (prompts) => {
      forwards.push(`+${prompts.length}`);
      const added = prompts.map((prompt) => [...prompt]);
      open.push(...added);
      return added.map(next);
    },
    extend: async (tokens) => {
      forwards.push(`${tokens.length}`);
      tokens.forEach((token, row) => void open[row]?.push(token));
      return open.map(next);
    },
    release: (row) => {
      const last = open.pop() as number[];
      if (row < open.length) open[row] = last;
    },
  };
}

const request = (prompt: string, tokens: number, more: Partial<GenerationRequest> = {}): GenerationRequest => ({
  key: prompt,
  prompt: Int32Array.from(LETTERS.encode(prompt, { specialTokens: false })),
  length: { tokens, source: 'fixed' },
  stops: [],
  endIds: [0],
  text: CANONICAL_TEXT,
  ...more,
});

const setting = (more: Partial<GenerationSetting> = {}): GenerationSetting => ({
  tokenizer: LETTERS,
  contextLength: 100,
  slotBytes: 1,
  limits: { sequences: 8, promptTokens: 1000, cacheBytes: 1e9 },
  signal: null,
  finished: () => {},
  ...more,
});

const texts = (found: readonly Generated[]) => found.map((item) => (item.kind === 'generated' ? item.text : item.code));

describe('an item ends', () => {
  it.each([
    { name: 'after so many tokens', given: request('ab', 3), text: 'cde', ended: 'length', nfe: 3 },
    { name: 'before an end token', given: request('abc', 50), text: TEXT.slice(3), ended: 'end-token', nfe: 24 },
    {
      name: 'before a stop string of two tokens',
      given: request('ab', 9, { stops: ['ef', 'x'] }),
      text: 'cd',
      ended: 'stop',
      nfe: 4,
    },
    {
      name: 'at a stop string that its last token completes',
      given: request('ab', 4, { stops: ['ef'] }),
      text: 'cd',
      ended: 'stop',
      nfe: 4,
    },
    {
      name: 'not at a stop string of the prompt',
      given: request('abcd', 3, { stops: ['bc', 'de'] }),
      text: 'efg',
      ended: 'length',
      nfe: 3,
    },
    { name: 'with nothing where nothing is asked', given: request('ab', 0), text: '', ended: 'length', nfe: 0 },
  ])('$name', async ({ given, text, ended, nfe }) => {
    const [found] = await generate(alphabet(), [given], GREEDY, setting());
    expect(found).toMatchObject({ kind: 'generated', text, ended, nfe });
  });

  it('where the context is full', async () => {
    const [found] = await generate(alphabet(), [request('ab', 9)], GREEDY, setting({ contextLength: 5 }));
    expect(found).toMatchObject({ text: 'cde', ended: 'context' });
  });

  it('keeping the tokens that reach past its stop string, and the log-probability of each', async () => {
    const [found] = await generate(alphabet(), [request('ab', 9, { stops: ['ef'] })], GREEDY, setting());
    expect(found).toMatchObject({ logprobs: [-2, -3, -4, -5] });
    expect(found?.kind === 'generated' && LETTERS.decode([...found.ids], { skipSpecialTokens: true })).toBe('cdef');
  });

  it('not at an end token that is not one of its own', async () => {
    const [found] = await generate(alphabet(), [request(TEXT, 2, { endIds: [] })], GREEDY, setting());
    expect(found).toMatchObject({ ids: Int32Array.of(0, 0), text: '', ended: 'length' });
  });
});

describe('many items', () => {
  const requests = [request('abc', 2), request('a', 5), request('ab', 1), request('abcd', 3), request('', 3)];
  const expected = ['de', 'bcdef', 'c', 'efg', 'bad-request'];

  it.each([1, 2, 3, 8])('are answered in order, %i open at once', async (sequences) => {
    const limits = { sequences, promptTokens: 1000, cacheBytes: 1e9 };
    expect(texts(await generate(alphabet(), requests, GREEDY, setting({ limits })))).toEqual(expected);
  });

  it('join as others leave', async () => {
    const batch = alphabet();
    const limits = { sequences: 2, promptTokens: 1000, cacheBytes: 1e9 };
    await generate(batch, [request('abc', 2), request('a', 4), request('ab', 1)], GREEDY, setting({ limits }));
    expect(batch.forwards).toEqual(['+2', '2', '+1', '1', '1']);
  });

  it('share prompt forwards and memory up to their limits', async () => {
    const prompts = alphabet();
    const few = { sequences: 8, promptTokens: 4, cacheBytes: 1e9 };
    await generate(
      prompts,
      ['ab', 'ab', 'ab'].map((prompt) => request(prompt, 1)),
      GREEDY,
      setting({ limits: few }),
    );
    expect(prompts.forwards).toEqual(['+2', '+1']);
    const memory = alphabet();
    const little = { sequences: 8, promptTokens: 1000, cacheBytes: 100 };
    await generate(
      memory,
      ['ab', 'ab'].map((prompt) => request(prompt, 2)),
      GREEDY,
      setting({ limits: little }),
    );
    expect(memory.forwards).toEqual(['+1', '1', '+1', '1']);
  });

  it('are reported one by one as they end', async () => {
    const ended: number[] = [];
    const finished = (index: number) => void ended.push(index);
    await generate(alphabet(), requests, GREEDY, setting({ finished }));
    expect(ended).toEqual([4, 2, 0, 3, 1]);
  });
});

it('a prompt that fills the context is unanswered, with the reason', async () => {
  const [found] = await generate(alphabet(), [request('abcd', 3)], GREEDY, setting({ contextLength: 4 }));
  expect(found).toEqual({
    kind: 'unanswered',
    code: 'context-overflow',
    reason: 'a prompt of 4 tokens leaves no room in 4',
  });
});

it('stops between two tokens when it is interrupted', async () => {
  const controller = new AbortController();
  const finished = () => controller.abort();
  const running = generate(
    alphabet(),
    [request('a', 5), request('a', 2)],
    GREEDY,
    setting({ finished, signal: controller.signal }),
  );
  await expect(running).rejects.toMatchObject({ code: 'interrupted' });
});

it('refuses an empty stop string', async () => {
  await expect(generate(alphabet(), [request('a', 5, { stops: [''] })], GREEDY, setting())).rejects.toThrow(RangeError);
});
