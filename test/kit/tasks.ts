/** What every task promises, whoever wrote it: rows that can be told apart, wording that fits, scores that know right from wrong. */
import assert from 'node:assert/strict';
import type { ProtocolName } from '../../src/core/names.ts';
import { PROTOCOLS } from '../../src/core/names.ts';
import type { Program, ProgramJudge } from '../../src/core/program.ts';
import type { Family, Question, View } from '../../src/core/question.ts';
import type { Response } from '../../src/core/response.ts';
import type { TaskPlugin, Template } from '../../src/core/task.ts';
import { fixtureRows, loadTask } from '../../src/datasets/load-task.ts';
import { dataLock } from '../../src/datasets/lock.ts';
import { metricSpec } from '../../src/metrics/metric-spec.ts';
import { certainOf, referenceOf, type WrittenQuestion, wrote } from './answers.ts';
import type { TestRunner } from './runner.ts';

const FAMILIES = ['autoregressive', 'diffusion'] as const satisfies readonly Family[];
/** Nobody's answer: no word, number, expression or program. */
const GARBAGE = ')(~ ';

/**
 * Declares the tests of a task, over the rows of its fixture.
 *
 *     import { describe, it } from 'node:test'; // or vitest, jest, mocha
 *     testTask(capitals, { describe, it });
 */
export function testTask(task: TaskPlugin, { describe, it }: TestRunner): void {
  describe(`task ${task.name}`, () => {
    it('has a positive version, a description, the canonical protocol, and a pin for each data source', () => {
      checkDeclaration(task);
    });
    it('has rows of its own with unique ids that are the same at every reading', () => checkIds(task));
    it('names clusters by a text, the same at every reading, or by null', () => checkClusters(task));
    it('refuses a row that lacks a field', () => {
      assert.equal(task.rowSchema.safeParse({}).success, false);
    });
    it('loads its fixture when no data are present', () => checkFixture(task));
    for (const protocol of PROTOCOLS) {
      const template = task.protocols[protocol];
      if (template === undefined) continue;
      it(`words every row under ${protocol}, the same each time, so that views and answers fit`, () =>
        checkWording(task, template));
      for (const family of FAMILIES) {
        it(`gives 1 to an oracle and 0 to its opposite (${protocol}, ${family})`, () =>
          checkScores(task, template, family, protocol));
        it(`says of what was not answered why, or counts it as failed (${protocol}, ${family})`, () =>
          checkUnanswered(task, template, family, protocol));
      }
    }
  });
}

function checkDeclaration(task: TaskPlugin): void {
  assert.ok(Number.isInteger(task.version) && task.version >= 1, `version: ${task.version}`);
  assert.notEqual(task.description, '');
  assert.ok(task.protocols.canonical !== undefined, 'expected a protocol canonical');
  const { sources } = dataLock();
  for (const { name, local } of task.sources) {
    const pin = sources[name]?.made ?? sources[name]?.files[0];
    assert.ok(local === true || pin !== undefined, `${name}: expected an entry of a lock, or local: true`);
  }
}

async function checkIds(task: TaskPlugin): Promise<void> {
  const [rows, again] = [await fixtureRows(task), await fixtureRows(task)];
  assert.ok(rows.length > 0, 'expected rows in the fixture');
  const ids = rows.map((row, index) => task.id(row, index));
  assert.equal(new Set(ids).size, rows.length);
  assert.deepEqual(
    again.map((row, index) => task.id(row, index)),
    ids,
  );
  for (const id of ids) assert.ok(id !== '' && id === id.trim(), `id ${JSON.stringify(id)}`);
}

async function checkClusters(task: TaskPlugin): Promise<void> {
  const [rows, again] = [await fixtureRows(task), await fixtureRows(task)];
  const named = rows.map((row, index) => task.cluster?.(row, index, rows) ?? null);
  assert.deepEqual(
    again.map((row, index) => task.cluster?.(row, index, again) ?? null),
    named,
  );
  for (const name of named) {
    assert.ok(name === null || (typeof name === 'string' && name !== ''), `cluster ${JSON.stringify(name)}`);
  }
}

async function checkFixture(task: TaskPlugin): Promise<void> {
  const options = { dataDir: null, allowFixtures: true, onlyFixtures: true } as const;
  const { source, usedFixtures, rows, digest } = await loadTask(task, options);
  assert.deepEqual([source, usedFixtures], ['fixture', true]);
  assert.deepEqual(rows, await fixtureRows(task));
  assert.equal(digest, (await loadTask(task, { ...options, limit: 1 })).digest);
}

async function checkWording(task: TaskPlugin, template: Template<unknown>): Promise<void> {
  for (const row of await fixtureRows(task)) {
    const question = template.question(row);
    assert.deepEqual(template.question(row), question);
    assert.ok(question.gold < question.answers.length, `gold ${question.gold} of ${question.answers.length} answers`);
    if (question.kind === 'write') assert.ok(!question.writing.stops.includes(''), 'an empty stop');
    for (const family of FAMILIES) checkViews(question.views[family], question);
  }
}

function checkViews(views: readonly View[], { kind, answers }: Question): void {
  assert.equal(new Set(views.map(({ name }) => name)).size, views.length);
  assert.ok(views.length > 0 && (kind === 'write' || views[0]?.name === 'default'), 'expected a first view default');
  for (const { alternatives, tokenization } of views) {
    assert.equal(alternatives.length, kind === 'write' ? 1 : answers.length);
    for (const pieces of alternatives) {
      assert.ok(
        pieces.every(({ text }) => text !== ''),
        'an empty piece',
      );
      assert.ok(
        pieces.some(({ scored }) => scored),
        'no piece is scored',
      );
      assert.ok(
        tokenization !== 'joint' || !pieces.slice(1).some(({ specialTokens }) => specialTokens),
        'special tokens inside',
      );
    }
  }
}

async function checkScores(
  task: TaskPlugin,
  template: Template<unknown>,
  family: Family,
  protocol: ProtocolName,
): Promise<void> {
  for (const row of await fixtureRows(task)) {
    const question = template.question(row);
    const [right, wrong] = question.kind === 'write' ? writtenBy(question, family) : rankedBy(question, family);
    const [best, worst] = [
      await valuesOf(task, template, question, right, family, protocol),
      await valuesOf(task, template, question, wrong, family, protocol),
    ];
    const headline = 'acc' in best ? 'acc' : Object.keys(best)[0];
    assert.ok(headline !== undefined, 'expected a value');
    assert.deepEqual([headline, best[headline], worst[headline]], [headline, 1, 0]);
    for (const name of Object.keys(best)) checkMetric(name, best, worst, question, family);
  }
}

/** Every metric is known, and rates the oracle no worse; those of ranked answers are all or nothing. */
function checkMetric(
  name: string,
  best: Readonly<Record<string, number>>,
  worst: Readonly<Record<string, number>>,
  { kind }: Question,
  family: Family,
): void {
  const spec = metricSpec(name, family);
  assert.equal(spec?.name, name);
  if (spec?.unit !== 'fraction') return;
  const [value, other] = [best[name] as number, worst[name]];
  if (kind !== 'write') assert.deepEqual([name, value, other], [name, 1, 0]);
  assert.ok(spec.higherIsBetter ? value >= (other ?? 0) : value <= (other ?? 1), `${name}: the oracle has ${value}`);
}

const rankedBy = (question: Question, family: Family): readonly [Response, Response] => [
  certainOf(question.gold, question, family),
  certainOf(question.gold === 0 ? 1 : 0, question, family),
];

function writtenBy(question: WrittenQuestion, family: Family): readonly [Response, Response] {
  const golds = referenceOf(question, family);
  return [wrote(question, family, (view) => golds[view] ?? ''), wrote(question, family, () => GARBAGE)];
}

async function valuesOf(
  task: TaskPlugin,
  template: Template<unknown>,
  question: Question,
  response: Response,
  family: Family,
  protocol: ProtocolName,
): Promise<Readonly<Record<string, number>>> {
  const context = { family, protocol, headline: template.headline[family], judge: judgeOf(question) };
  const score = await task.score(question, response, context);
  if (score.kind === 'scored') return score.values;
  assert.fail(`unscored: ${score.reason}`);
}

async function checkUnanswered(
  task: TaskPlugin,
  template: Template<unknown>,
  family: Family,
  protocol: ProtocolName,
): Promise<void> {
  const [row] = await fixtureRows(task);
  const question = template.question(row);
  const context = { family, protocol, headline: template.headline[family], judge: judgeOf(question) };
  const reason = { code: 'context-overflow', reason: 'too long' } as const;
  const score = await task.score(question, { kind: 'unanswered', ...reason }, context);
  if (task.scoresUnanswered === true) {
    assert.ok(score.kind === 'scored' && Object.values(score.values).every((value) => value === 0), 'expected zeros');
  } else assert.deepEqual(score, { kind: 'unscored', ...reason });
}

/** Passes the programs that hold the reference: what a real sandbox says of them is tested with the sandbox. */
function judgeOf({ answers }: Question): ProgramJudge {
  const isRight = ({ solution }: Program) => solution.includes((answers[0] as string).trim());
  return {
    runPrograms: async (programs) =>
      programs.map((program) => ({ kind: isRight(program) ? 'passed' : 'wrong', reason: '' })),
  };
}
