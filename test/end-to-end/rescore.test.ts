/** `bench rescore` on prediction files of every form, with the quirks of the published ones. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RescoreDocument, type RescoreOptions, run } from '../../src/commands/rescore/rescore.ts';
import { HarnessError } from '../../src/core/errors.ts';
import type { Question } from '../../src/core/question.ts';
import { pythonSplit } from '../../src/core/text/python-text.ts';
import { boundedInterval } from '../../src/stats/clustered/bounded-interval.ts';
import { independent, layoutOf } from '../../src/stats/clustered/cluster-layout.ts';
import { estimateItems } from '../../src/stats/clustered/estimate-items.ts';
import { wilsonInterval } from '../../src/stats/intervals/wilson-interval.ts';
import { gsm8k } from '../../tasks/gsm8k/gsm8k.ts';
import { recordingIo } from './recording-io.ts';

const shared = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const isPresent = existsSync(shared);
const skipped = isPresent ? '' : ' (skipped: the folder ../shared with published data is not here)';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-rescore-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  vi.stubEnv('BENCH_CACHE_DIR', folder);
  return () => vi.unstubAllEnvs();
});

async function file(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}
const jsonLines = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

const DEFAULTS = { dataDir: null, clusters: null, eos: null, out: null, unsafeNoSandbox: false, json: true };

async function rescore(task: string, lines: readonly object[] | string, options: Partial<RescoreOptions> = {}) {
  const path = await file('predictions.jsonl', typeof lines === 'string' ? lines : jsonLines(lines));
  const io = recordingIo();
  const code = await run({ ...DEFAULTS, task, file: path, ...options }, io);
  const document: RescoreDocument | null = options.json === false ? null : JSON.parse(io.written.stdout);
  return { code, document, ...io.written };
}

const failure = (promise: Promise<unknown>): Promise<HarnessError> =>
  promise.then(
    () => Promise.reject(new RangeError('expected a failure')),
    (error) => (error instanceof HarnessError ? error : Promise.reject(error)),
  );

/** Wilson's interval as the document has it. */
function share(hits: number, n: number, unscored: number) {
  const { value, low, high } = wilsonInterval(hits, n);
  return { value, low, high, n, unscored };
}

/** A share over the steps of texts, those of one text together. */
function stepShare(steps: readonly number[], hits: readonly number[], unscored: number) {
  const all = steps.flatMap((of, text) =>
    Array.from({ length: of }, (_, i) => ({ cluster: `${text}`, value: Number(i < (hits[text] ?? 0)) })),
  );
  const values = all.map(({ value }) => value);
  const { value, low, high, n, clusters } = boundedInterval(layoutOf(all), values);
  return { value, low, high, n, clusters, unscored };
}

/** Hand-written, in the form of the published records: the question in both texts, the separator visible in one family only. */
const PUBLISHED = [
  { predict: 'How many?<<16-3-4=9>> <<9*2=18>> #### 18', label: 'How many?<<16-3-4=9>> <<9*2=18>> #### 18' },
  { predict: 'How many?======== <<16-3-4=9>> <<9*2=18>> #### 18', label: 'How many?======== <<9*2=18>> #### 18' },
  { predict: 'How many?<<1000+1125=2125>> #### 2125', label: 'How many?<<1000+1125=2125>> #### 2,125' },
  { predict: 'How many?<<2*20=40>> #### 40.', label: 'How many?<<2*20=40>> #### 40' },
  { predict: 'How many?<<3*4=12>> #### 12.00', label: 'How many?<<3*4=12>> #### 12' },
  { predict: 'How many?<<10/3=3.33>> <<3.33*2=6>> #### 448¨¨¨¨¨¨4', label: 'How many?<<4*1=4>> #### 4' },
  { predict: 'How many?<<9*2=18>>', label: 'How many?<<9*2=18>> #### 18' },
  { predict: 'How many? #### 7', label: 'How many? #### 7' },
];

describe('gsm8k', () => {
  it('scores files of the published form by both rules (T25)', async () => {
    const { code, document, stderr } = await rescore('gsm8k', PUBLISHED);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(document).toEqual({
      task: 'gsm8k',
      n: 8,
      metrics: {
        exactMatch: share(4, 8, 0),
        numericMatch: share(6, 8, 0),
        // One prediction has no step; 10/3=3.33 merely rounds, 3.33*2=6 does not.
        invalidStepRate: stepShare([2, 2, 1, 1, 1, 2, 1], [0, 0, 0, 0, 0, 2, 0], 1),
        // The mean of 0, 0, 0, 0, 0, 2/2, 0: one of 7 texts with steps.
        invalidSteps: share(1, 7, 1),
        wrongStepRate: stepShare([2, 2, 1, 1, 1, 2, 1], [0, 0, 0, 0, 0, 1, 0], 1),
        noAnswer: share(1, 8, 0),
        // No answer after ####, an answer that is no number, no step.
        lastStepIsAnswer: share(5, 5, 3),
      },
      verdicts: { correct: 4, 'equal number': 2, wrong: 2 },
      refused: [],
      missing: null,
      notes: [
        'gsm8k: lastStepIsAnswer of published solutions is 1208 of 1301, 92.85 % (counted over all rows; 18 have no calculation).',
      ],
    });
  });

  it('gives the same values as a run whose model writes the same texts', async () => {
    const texts = PUBLISHED.map(({ predict }) => predict).concat('How many?<<1+1=2>> <<1+1=3>> <<2*2=5>> #### 40');
    const { document } = await rescore(
      'gsm8k',
      texts.map((predict) => ({ predict, label: '#### 40' })),
    );
    const question = gsm8k.protocols.canonical?.question({
      question: 'How many?',
      steps: '',
      answer: '40',
    }) as Question;
    const context = { family: 'diffusion', protocol: 'canonical', headline: 'sum' } as const;
    const scores = await Promise.all(
      texts.map((text) => {
        const written = { steps: 8, draw: 0, text, tokens: 1, nfe: 8 };
        return gsm8k.score(question, { kind: 'written', views: { default: [written] }, nfe: 8 }, context);
      }),
    );
    const meanOf = (name: string) => {
      const values = scores.flatMap((score) => (score.kind === 'scored' ? (score.values[name] ?? []) : []));
      const { value, low, high } = estimateItems(independent(values.length), values, { isBounded: true });
      return { value, low, high, n: values.length };
    };
    expect(document?.metrics).toMatchObject({
      exactMatch: meanOf('acc'),
      numericMatch: meanOf('accNumeric'),
      invalidSteps: meanOf('invalidSteps'),
      noAnswer: meanOf('noAnswer'),
      lastStepIsAnswer: meanOf('lastStepIsAnswer'),
    });
    expect(document?.metrics.invalidSteps?.value).not.toBe(document?.metrics.invalidStepRate?.value);
  });

  it('counts every text without ####, right ones included', async () => {
    const label = '#### 18';
    const lines = ['18', '17', '<<9*2=18>> #### 18', 'eighteen'].map((predict) => ({ predict, label }));
    const { document } = await rescore('gsm8k', lines);
    expect(document?.verdicts).toEqual({ correct: 2, 'equal number': 0, wrong: 2 });
    expect(document?.metrics).toMatchObject({ exactMatch: share(2, 4, 0), noAnswer: share(3, 4, 0) });
  });

  it('names each line that it refuses, and scores the others', async () => {
    const lines = `${JSON.stringify(PUBLISHED[0])}\n{"predict": 3, "label": "#### 3"}\n\nnot JSON\n[]\n{"predict": "a"}\n`;
    const { code, document, stderr } = await rescore('gsm8k', lines);
    expect(code).toBe(1);
    const name = join(folder, 'predictions.jsonl');
    expect(stderr.trimEnd().split('\n')).toEqual([
      `${name}, line 2, field predict: expected string, found 3`,
      `${name}, line 4: expected a JSON object, found "not JSON"`,
      `${name}, line 5: expected a JSON object, found "[]"`,
      `${name}, line 6, field label: expected string, found nothing`,
    ]);
    expect(document).toMatchObject({ n: 5, metrics: { exactMatch: share(1, 1, 4) } });
    expect(document?.refused.map(({ line }) => line)).toEqual([2, 4, 5, 6]);
  });

  it('cuts at the end mark only when told', async () => {
    const lines = [{ predict: 'q<<1+1=2>> #### 2</s><<1+1=3>> #### 3', label: 'q #### 2' }];
    expect((await rescore('gsm8k', lines)).document).toMatchObject({ verdicts: { correct: 0, wrong: 1 } });
    const { document } = await rescore('gsm8k', lines, { eos: '</s>' });
    expect(document).toMatchObject({ verdicts: { correct: 1 }, metrics: { invalidStepRate: { value: 0, n: 1 } } });
  });

  it('needs the data set for predictions by item', async () => {
    const { code, message, hint } = await failure(rescore('gsm8k', [{ id: 0, prediction: '#### 18' }]));
    expect(code).toBe('missing-dataset');
    expect(message).toBe('gsm8k/symbolic: expected gsm8k/symbolic/test.txt, found it in no data folder');
    expect(hint).toContain('bench data pull gsm8k/symbolic');
  });

  it.skipIf(!isPresent)(`takes predictions by item, each once${skipped}`, async () => {
    const lines = [
      { id: 'gsm8k/0', prediction: '<<9*2=18>> #### 18' },
      { id: 1, prediction: '<<2+1=3>> #### 3.0' },
      { id: '2', prediction: '#### 1' },
      { id: 'gsm8k/0', prediction: '#### 18' },
      { id: 1319, prediction: '#### 18' },
      { id: null, prediction: '#### 18' },
    ];
    const { code, document, stderr } = await rescore('gsm8k', lines, { dataDir: shared });
    expect(code).toBe(1);
    expect(document).toMatchObject({
      n: 6,
      metrics: { exactMatch: share(1, 3, 3), numericMatch: share(2, 3, 3) },
      missing: 1316,
    });
    expect(stderr).toContain('line 4, field id: expected each item once, found "gsm8k/0, which line 1 has"');
    expect(stderr).toContain(
      'line 5, field id: expected an id from "gsm8k/0" to "gsm8k/1318", or an index, found 1319',
    );
    expect(stderr).toContain('line 6, field id: expected a text or a whole number, found null');
  });

  it.skipIf(!isPresent)(`gives the gold answers 1, and their steps no error${skipped}`, async () => {
    const rows = (await readFile(join(shared, 'gsm8k/symbolic/test.txt'), 'utf8')).trimEnd().split('\n');
    const lines = rows.map((row) => ({ predict: row.replace('||', ''), label: row.replace('||', '') }));
    const { document } = await rescore('gsm8k', lines);
    const steps = rows.map((row) => row.split('<<').length - 1).filter((count) => count > 0);
    expect(steps.reduce((sum, count) => sum + count)).toBe(4282);
    expect(document?.metrics).toEqual({
      exactMatch: share(1319, 1319, 0),
      numericMatch: share(1319, 1319, 0),
      noAnswer: share(0, 1319, 0),
      invalidStepRate: stepShare(steps, [], 18),
      invalidSteps: share(0, 1301, 18),
      wrongStepRate: stepShare(steps, [], 18),
      lastStepIsAnswer: share(1208, 1301, 18),
    });
  });
});

describe('countdown', () => {
  const input = '86,28,13,31,96';
  const lines = [
    { input, prediction: '86+28=114,31-13=18,114-18=96' },
    { input, prediction: '95+1=96' },
    { input, prediction: '86+28=114,114-18=96' },
    { input, prediction: '86+28=115' },
    { input: '1,2', prediction: '1=2' },
  ];

  it('gives both verdicts and counts what is wrong (T30)', async () => {
    const { code, document, stderr } = await rescore('countdown', lines);
    expect(code).toBe(1);
    expect(document).toMatchObject({
      task: 'countdown',
      n: 5,
      metrics: { strict: share(1, 4, 1), lenient: share(3, 4, 1) },
      verdicts: { correct: 1, malformed: 0, 'wrong-count': 3, 'unavailable-number': 0, 'wrong-target': 0 },
    });
    expect(stderr).toMatch(/line 5, field input: expected two or more numbers and the target, .* found "1,2"\n$/);
  });

  it('writes a verdict a line, to JSON lines or CSV, and reads CSV', async () => {
    const out = join(folder, 'verdicts.jsonl');
    await rescore('countdown', lines.slice(0, 2), { out });
    expect((await readFile(out, 'utf8')).split('\n')).toEqual([
      '{"line":1,"id":null,"verdict":"correct","strict":1,"lenient":1}',
      '{"line":2,"id":null,"verdict":"wrong-count","strict":0,"lenient":1}',
      '',
    ]);
    const csv = await file('in.csv', `input,prediction\n"${input}","86+28=114,31-13=18,114-18=96"\n"${input}",'=1+1\n`);
    const table = join(folder, 'verdicts.csv');
    const { document } = await rescore('countdown', '', { file: csv, out: table });
    expect(document).toMatchObject({ n: 2, metrics: { strict: share(1, 2, 0) } });
    expect(await readFile(table, 'utf8')).toBe('line,id,verdict,strict,lenient\n1,,correct,1,1\n2,,malformed,0,0\n');
    const below = failure(rescore('countdown', lines, { out: join(table, 'verdicts.csv') }));
    expect((await below).message).toMatch(
      /^--out: expected a file that can be written, found that a (file|folder) stands where/,
    );
  });

  it.skipIf(!isPresent)(`accepts every published solution by both rules${skipped}`, async () => {
    const rows = (await readFile(join(shared, 'countdown/cd5_test.jsonl'), 'utf8')).trimEnd().split('\n');
    const gold = rows.map((row) => JSON.parse(row)).map((row) => ({ input: row.input, prediction: row.output }));
    const { document } = await rescore('countdown', gold);
    expect(document?.metrics).toEqual({ strict: share(1000, 1000, 0), lenient: share(1000, 1000, 0) });
  });
});

describe('lambada', () => {
  it('strips, and tells upper and lower case apart', async () => {
    const lines = [
      { prediction: ' sack\n', label: 'sack' },
      { prediction: 'Sack', label: 'sack' },
      { prediction: 'sack .', label: 'sack' },
    ];
    expect((await rescore('lambada', lines)).document).toMatchObject({
      n: 3,
      metrics: { exactMatch: share(1, 3, 0) },
      verdicts: { correct: 1, wrong: 2 },
      missing: null,
    });
  });

  it.skipIf(!isPresent)(`finds items by id, index, passage and context${skipped}`, async () => {
    const passages = (await readFile(join(shared, 'lambada/lambada_test_plain_text.txt'), 'utf8')).split('\n');
    const words = passages.map((passage) => pythonSplit(passage));
    const word = (index: number) => words[index]?.at(-1) ?? '';
    const lines = [
      { id: 'lambada/0', prediction: word(0) },
      { index: 1, prediction: `${word(1)} ` },
      { text: passages[2], prediction: word(2) },
      { text: words[5152]?.slice(0, -1).join(' '), prediction: word(5152) },
      { text: 'no such passage', prediction: 'x' },
      { index: 2, prediction: word(2) },
      { index: -1, prediction: 'x' },
    ];
    const { document, stderr } = await rescore('lambada', lines, { dataDir: shared });
    expect(document).toMatchObject({ n: 7, metrics: { exactMatch: share(4, 4, 3) }, missing: 5149 });
    expect(stderr).toMatch(/line 5, field text: expected a passage of the data set, found "no such passage"/);
    expect(stderr).toMatch(/line 6, field index: expected each item once, found "lambada\/2, which line 3 has"/);
    expect(stderr).toMatch(/line 7, field index: expected an id from/);
    const openai = await rescore('lambada-openai', [{ id: 0, prediction: 'x' }], { dataDir: shared });
    expect(openai.document).toMatchObject({ task: 'lambada-openai', verdicts: { wrong: 1 }, missing: 5152 });
  });
});

describe('--clusters', () => {
  const lines = [1, 2, 3].map((index) => ({ prediction: index === 1 ? 'a' : 'b', label: 'a' }));

  it('is named, and needs lines that name items', async () => {
    const none = await rescore('lambada', lines, { clusters: 'none', json: false });
    expect(none.stdout).toContain('items are taken as independent, as --clusters none asks.');
    const { message } = await failure(rescore('lambada', lines, { clusters: /\d/ }));
    expect(message).toBe('--clusters: expected lines that name their items, found line 1, which names none');
  });

  it.skipIf(!isPresent)(`overrides what tasks say${skipped}`, async () => {
    const named = [1753, 1889, 3, 4].map((index) => ({ index, prediction: 'x' }));
    const clusters = async (choice: RescoreOptions['clusters']) => {
      const { document } = await rescore('lambada', named, { dataDir: shared, clusters: choice });
      return document?.metrics.exactMatch?.clusters;
    };
    expect([await clusters(null), await clusters('none'), await clusters(/\/\d/)]).toEqual([3, undefined, 3]);
    const { stdout } = await rescore('lambada', named, { dataDir: shared, clusters: 'none', json: false });
    expect(stdout).toContain('5149 items of the data set have no prediction.');
  });
});

describe('lambada, by passage', () => {
  it.skipIf(!isPresent)(`is complete: a passage that stands twice has two lines${skipped}`, async () => {
    const text = await readFile(join(shared, 'lambada/lambada_test_plain_text.txt'), 'utf8');
    const passages = text.trimEnd().split('\n');
    const lines = passages.map((passage) => ({ text: passage, prediction: pythonSplit(passage).at(-1) }));
    const { document, stderr } = await rescore('lambada', lines, { dataDir: shared });
    expect(stderr).toBe('');
    expect(document).toMatchObject({ metrics: { exactMatch: { value: 1, n: 5153, clusters: 5151 } }, missing: 0 });
    const thrice = await rescore(
      'lambada',
      [1753, 1753, 1889].map((row) => lines[row] ?? {}),
      { dataDir: shared },
    );
    expect(thrice.stderr).toMatch(
      /line 3, field text: expected each item once, found "lambada\/1889, which line 2 has"/,
    );
  });
});

describe('the verb', () => {
  it('prints a table', async () => {
    const { stdout } = await rescore('gsm8k', PUBLISHED, { json: false });
    expect(stdout).toMatchInlineSnapshot(`
      "gsm8k             percent [95% interval]         count  what it is
      ────────────────────────────────────────────────────────────────────────────────────────────────────
      exactMatch        50.0 [21.5, 78.5]             4 of 8  the text after the last #### is the right
                                                              one, commas dropped (the published rule)
      numericMatch      75.0 [40.9, 92.9]             6 of 8  the same, or both are numbers of equal value
      invalidStepRate   20.0 [1.9, 76.4]        2 of 10 in 7  steps <<a*b=c>> that are no true equation;
                                                              counted over steps, those of a text together
      invalidSteps      14.3 [2.6, 51.3]              1 of 7  the same, as the mean over predictions of
                                                              each one's share: what \`bench run\` reports
      wrongStepRate     10.0 [1.2, 56.6]        1 of 10 in 7  as invalidStepRate, but a result may be off
                                                              by 1/100
      noAnswer          12.5 [2.2, 47.1]              1 of 8  there is no ####
      lastStepIsAnswer  100.0 [56.6, 100.0]           5 of 5  the last step gives the answer; of
                                                              predictions that have both
      8 predictions: correct 4, equal number 2, wrong 2.
      gsm8k: lastStepIsAnswer of published solutions is 1208 of 1301, 92.85 % (counted over all rows; 18
        have no calculation).
      "
    `);
  });

  it('says in one sentence what it cannot do', async () => {
    expect(await failure(rescore('gsm8', PUBLISHED))).toMatchObject({
      code: 'unknown-name',
      message: 'unknown task to rescore "gsm8"',
      hint: expect.stringContaining('did you mean gsm8k?'),
    });
    expect(await failure(rescore('gsm8k', '', { file: join(folder, 'absent.jsonl') }))).toMatchObject({
      code: 'bad-arguments',
      message: `expected a file of predictions, found no ${join(folder, 'absent.jsonl')}`,
    });
    expect(await failure(rescore('gsm8k', '\n{}\n'))).toMatchObject({
      code: 'bad-dataset',
      message: expect.stringContaining('expected predictions, found none to score'),
      hint: 'a line of gsm8k is {"predict", "label"} or {"id", "prediction"}',
    });
  });
});
