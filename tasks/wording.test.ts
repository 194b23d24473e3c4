/** Texts of the published scripts, byte by byte. Vectors T19 and T20 of the project's protocol notes. */
import { describe, expect, it } from 'vitest';
import type { Family, ProtocolName, TaskPlugin } from '#harness';
import { cleanUp, contextOf, hellaswag } from './hellaswag.ts';
import { lambada } from './lambada.ts';
import { lambadaOpenai } from './lambada-openai.ts';
import { piqa } from './piqa.ts';
import { siqa } from './siqa.ts';
import { winogrande } from './winogrande.ts';

/** Pieces of the first alternative of the first view: text, `*` before scored ones, `+` before those with special tokens. */
function pieces<Row>(task: TaskPlugin<Row>, protocol: ProtocolName, family: Family, row: unknown): string[] {
  const question = task.protocols[protocol]?.question(task.rowSchema.parse(row));
  const [first = []] = question?.views[family][0]?.alternatives ?? [];
  return first.map(({ text, scored, specialTokens }) => `${specialTokens ? '+' : ''}${scored ? '*' : ''}${text}`);
}

describe('HellaSwag', () => {
  const row = {
    activity_label: 'Home',
    ctx_a: '[header] How to sit [title] Find a chair.',
    ctx_b: 'she IS on TV',
    endings: ['[substeps] Sit down.', 'b', 'c', 'd'],
    label: '0',
  };

  it('cleans up as published: tags, one pass over double blanks, no second strip (T19)', () => {
    expect(cleanUp('a [title] b')).toBe('a. b');
    expect(cleanUp('x [step] y')).toBe('x y');
    expect(cleanUp('a   b')).toBe('a  b');
    expect(cleanUp('a    b')).toBe('a  b');
    expect(cleanUp('  [step] Sit. [end]  ')).toBe(' Sit. ');
    expect(cleanUp('a [b\nc] d')).toBe('a [b\nc] d');
    expect(cleanUp('[a] b] c')).toBe(' b] c');
  });

  it('joins label and both parts of the context, the second one capitalized', () => {
    expect(contextOf(hellaswag.rowSchema.parse(row))).toBe('Home: How to sit. Find a chair. She is on tv');
    expect(contextOf(hellaswag.rowSchema.parse({ ...row, ctx_b: '' }))).toBe('Home: How to sit. Find a chair.');
  });

  it('glues query and ending without a blank in `paper`, and keeps the blank that a tag left in `olmes`', () => {
    const query = 'Home: How to sit. Find a chair. She is on tv';
    expect(pieces(hellaswag, 'paper', 'autoregressive', row)).toEqual([query, '* Sit down.']);
    expect(pieces(hellaswag, 'paper', 'diffusion', row)).toEqual([`+${query}`, '+* Sit down.']);
    expect(pieces(hellaswag, 'olmes', 'autoregressive', row)).toEqual([query, '*  Sit down.']);
    expect(pieces(hellaswag, 'canonical', 'diffusion', row)).toEqual([query, '* Sit down.']);
  });
});

describe('Winogrande', () => {
  const row = { sentence: 'Ann met Bo so _  left _ early. ', option1: 'Ann', option2: 'Bo', answer: '2' };

  it('cuts at the first blank; diffusion glues name and rest, AR puts a blank between them', () => {
    expect(pieces(winogrande, 'paper', 'diffusion', row)).toEqual(['Ann met Bo so ', '*Ann', '*left _ early.']);
    expect(pieces(winogrande, 'paper', 'autoregressive', row)).toEqual(['Ann met Bo so ', '*Ann left _ early.']);
    expect(pieces(winogrande, 'olmes', 'autoregressive', row)).toEqual(['Ann met Bo so Ann', '* left _ early.']);
  });

  it('leaves the sentence as it is in `canonical`, in all three views', () => {
    const question = winogrande.protocols.canonical?.question(
      winogrande.rowSchema.parse({ ...row, sentence: "It is _'s." }),
    );
    const texts = [...(question?.views.autoregressive ?? []), ...(question?.views.diffusion ?? [])].map((view) =>
      view.alternatives.map((alternative) => alternative.map(({ text }) => text)),
    );
    expect(texts).toEqual([
      [
        ['It is Ann', "'s."],
        ['It is Bo', "'s."],
      ],
      [
        ['It is', " Ann's."],
        ['It is', " Bo's."],
      ],
      [
        ['It is', ' Ann', "'s."],
        ['It is', ' Bo', "'s."],
      ],
    ]);
    expect(question?.gold).toBe(1);
  });

  it('refuses a sentence without a blank', () => {
    expect(winogrande.rowSchema.safeParse({ ...row, sentence: 'Ann left.' }).success).toBe(false);
  });
});

describe('SIQA and PIQA', () => {
  const social = { context: 'Jo fell.', question: 'Why?', answerA: 'ice', answerB: 'b', answerC: 'c', label: '3' };
  const physical = { goal: 'open a can', sol1: 'Use an opener ', sol2: 'b', label: 0 };

  it('SIQA `paper` ends the query in a blank, and all answers start without one (T20)', () => {
    for (const family of ['autoregressive', 'diffusion'] as const) {
      expect(pieces(siqa, 'paper', family, social)).toEqual(['Question: Jo fell. Why?\nAnswer: ', '*ice']);
    }
    expect(pieces(siqa, 'canonical', 'diffusion', social)).toEqual(['Question: Jo fell. Why?\nAnswer:', '* ice']);
    expect(siqa.protocols.paper?.question(siqa.rowSchema.parse(social)).gold).toBe(2);
  });

  it('PIQA `paper` has a second blank for diffusion only (T20)', () => {
    const query = 'Question: open a can\nAnswer: ';
    expect(pieces(piqa, 'paper', 'diffusion', physical)).toEqual([`+${query}`, '+* Use an opener ']);
    expect(pieces(piqa, 'paper', 'autoregressive', physical)).toEqual([query, '*Use an opener ']);
    expect(pieces(piqa, 'canonical', 'autoregressive', physical)).toEqual([
      'Question: open a can\nAnswer:',
      '* Use an opener',
    ]);
    expect(pieces(piqa, 'olmes', 'diffusion', physical)).toEqual(['Goal: open a can\nAnswer:', '* Use an opener ']);
  });
});

describe('LAMBADA', () => {
  it('joins words by one blank in the original release', () => {
    expect(pieces(lambada, 'paper', 'diffusion', { text: " she did  n't go  home " })).toEqual([
      "she did n't go",
      '* home',
    ]);
  });

  it("keeps the white space of OpenAI's version in `canonical`, also before the last word", () => {
    const row = { text: '"Go."\n\nShe went\nhome' };
    expect(pieces(lambadaOpenai, 'canonical', 'autoregressive', row)).toEqual(['"Go."\n\nShe went', '*\nhome']);
    expect(pieces(lambadaOpenai, 'olmes', 'autoregressive', row)).toEqual(['"Go." She went', '* home']);
  });

  it('refuses a passage of one word', () => {
    expect(lambada.rowSchema.safeParse({ text: 'word ' }).success).toBe(false);
  });
});
