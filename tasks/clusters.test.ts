/** Which rows belong together. Counts over the published files need the data folder beside the repository. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { TaskPlugin } from '#harness';
import { digestOf } from '../src/core/text/digest.ts';
import { rowsDigest } from '../src/core/text/rows-digest.ts';
import { loadTask } from '../src/datasets/load-task.ts';
import { examplesOf } from '../src/runner/plan.ts';
import { hellaswag } from './hellaswag.ts';
import { humaneval, humanevalInfill } from './humaneval/tasks.ts';
import { ALL_TASKS, taskNamed } from './index.ts';
import { lambada } from './lambada.ts';
import { lambadaOpenai } from './lambada-openai.ts';
import { piqa } from './piqa.ts';
import { siqa } from './siqa.ts';
import { winogrande } from './winogrande.ts';

/** The names of rows that have these fields beside those of the first row of the fixture. */
async function names(task: TaskPlugin, changes: readonly object[]): Promise<(string | undefined)[]> {
  const { rows } = await loadTask(task, { dataDir: null, allowFixtures: true, onlyFixtures: true });
  const changed = changes.map((fields) => task.rowSchema.parse({ ...(rows[0] as object), ...fields }));
  return examplesOf(task, 'canonical', changed, null).map(({ cluster }) => cluster);
}

describe('clusters', () => {
  it('of HumanEval are its problems', async () => {
    const ids = ['SingleLineInfilling/HumanEval/12/L3', 'MultiLineInfilling/HumanEval/12/L0_L2'];
    const spans = ['RandomSpanInfilling/HumanEval/2/10', 'RandomSpanInfillingLight/HumanEval/2/1'];
    const rows = [...ids, ...spans].map((task_id) => ({ task_id }));
    expect(await names(humanevalInfill, rows)).toEqual(['HumanEval/12', 'HumanEval/12', 'HumanEval/2', 'HumanEval/2']);
    expect(await names(humaneval, [{ task_id: 'HumanEval/12' }])).toEqual(['HumanEval/12']);
  });

  it('of Winogrande are twins: by their id, else by their place and names', async () => {
    const pair = (option1: string, option2: string, qID?: string) => ({ option1, option2, ...(qID ? { qID } : {}) });
    const given = [pair('a', 'b', 'ABC-2'), pair('c', 'd', 'DEF-1'), pair('a', 'b', 'ABC-1')];
    expect(await names(winogrande, given)).toEqual(['ABC', 'DEF', 'ABC']);
    // Two pairs with the same names stand side by side; a fifth row is left over, and a sixth has other names.
    const rows = [pair('x', 'y'), ...Array(4).fill(pair('a', 'b')), pair('b', 'a'), pair('a', 'c')];
    expect(await names(winogrande, rows)).toEqual([
      ...['winogrande/0', 'twins/1', 'twins/1', 'twins/3', 'twins/3', 'winogrande/5', 'winogrande/6'],
    ]);
  });

  it('of HellaSwag are sources, else contexts', async () => {
    const context = (ctx_a: string, ctx_b: string) => ({ ctx_a, ctx_b });
    const [a, b, c, d] = await names(hellaswag, [
      { ...context('A man sits down on a chair.', 'he'), source_id: 'wikihow~7' },
      context('A man sits down on a chair.', 'he'),
      { ...context('A man sits down on a chair.', 'he'), endings: ['w', 'x', 'y', 'z'] },
      context('A man sits down on a chair.', 'the man'),
    ]);
    expect(a).toBe('wikihow~7');
    expect(b).toMatch(/^[0-9a-f]{12}$/);
    expect([c === b, d === b]).toEqual([true, false]);
  });

  it('are no part of the digest of the data, which some forms have without them', () => {
    const bare = { sentence: 'a _ b', option1: 'a', option2: 'b', answer: '1' };
    const scene = { activity_label: 'a', ctx_a: 'b', ctx_b: 'c', endings: ['d', 'e', 'f', 'g'], label: 0 };
    for (const [task, row, more] of [
      [winogrande, bare, { qID: 'ABC-1' }],
      [hellaswag, scene, { source_id: 'wikihow~7' }],
    ] as [TaskPlugin, object, object][]) {
      const parsed = task.rowSchema.parse({ ...row, ...more });
      expect(parsed).toMatchObject(more);
      expect(rowsDigest(task, [parsed])).toBe(digestOf([task.rowSchema.parse(row)]));
    }
  });

  it('of other tasks are texts that rows share', async () => {
    const text = 'a passage of several words that ends here';
    const passage = [{ text }, { text: `${text} too` }, { text }];
    for (const [task, rows] of [
      [lambada, passage],
      [lambadaOpenai, passage],
      [taskNamed('lambada-decoding') as TaskPlugin, passage],
      [piqa, passage.map(({ text: goal }) => ({ goal }))],
      [siqa, passage.map(({ text: context }) => ({ context }))],
    ] as [TaskPlugin, object[]][]) {
      const [a, b, c] = await names(task, rows);
      expect([task.name, a === c, a === b]).toEqual([task.name, true, false]);
    }
  });
});

const dataDir = fileURLToPath(new URL('../../shared/data', import.meta.url));
const isThere = existsSync(dataDir);

/** Rows and clusters of the files that are in the data folder. */
const COUNTS: Readonly<Record<string, readonly [rows: number, clusters: number]>> = {
  'humaneval-infill': [1033, 164],
  'humaneval-infill-multi-line': [5815, 164],
  'humaneval-infill-random-span': [1640, 164],
  'humaneval-infill-random-span-light': [164, 164],
  humaneval: [164, 164],
  winogrande: [1267, 1267 - 284],
  siqa: [1954, 1930],
  piqa: [1838, 1803],
  lambada: [5153, 5151],
  'lambada-decoding': [5153, 5151],
  'lambada-openai': [5153, 5151],
  hellaswag: [10042, 10019],
};

describe.skipIf(!isThere)(`published files${isThere ? '' : ' (skipped: no ../shared/data)'}`, () => {
  it.each(Object.entries(COUNTS))('of %s have %j rows and clusters', async (name, counts) => {
    const task = taskNamed(name) as TaskPlugin;
    const { rows } = await loadTask(task, { dataDir, allowFixtures: false });
    const clusters = examplesOf(task, 'canonical', rows, null).map(({ cluster }) => cluster);
    expect([clusters.length, new Set(clusters).size]).toEqual(counts);
    expect(clusters).not.toContain(undefined);
    // A name is an id, or the digest of a text.
    expect(Math.max(...clusters.map((each) => each?.length ?? 0))).toBeLessThanOrEqual(32);
  });

  it('repeat two passages of LAMBADA', async () => {
    for (const task of [lambada, lambadaOpenai]) {
      const { rows } = await loadTask(task, { dataDir, allowFixtures: false });
      const clusters = examplesOf(task, 'canonical', rows, null).map(({ cluster }) => cluster);
      const repeated = clusters.flatMap((each, i) => (clusters.indexOf(each) < i ? [[clusters.indexOf(each), i]] : []));
      expect(repeated).toEqual([
        [1753, 1889],
        [3469, 3624],
      ]);
    }
  });

  it('of tasks without clusters have no problem twice', async () => {
    for (const task of ALL_TASKS.filter(({ cluster }) => cluster === undefined)) {
      const { rows } = await loadTask(task, { dataDir, allowFixtures: false });
      const asked = rows.map((row) =>
        JSON.stringify(task.protocols.canonical?.question(row).views.diffusion[0]?.alternatives[0]?.[0]),
      );
      expect([task.name, asked.length - new Set(asked).size]).toEqual([task.name, 0]);
    }
  });
});
