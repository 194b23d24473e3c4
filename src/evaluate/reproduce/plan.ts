/** What an experiment would run, what is missing for it, and what it costs; nothing is computed. */
import { taskNamed } from '../../../tasks/index.ts';
import { readCatalog } from '../../checkpoints/catalog.ts';
import { resolveModel } from '../../checkpoints/resolve-model.ts';
import { badArguments, orNull } from '../../core/errors.ts';
import { type Family, type Question, writingOf } from '../../core/question.ts';
import type { TaskPlugin } from '../../core/task.ts';
import { fixtureRows } from '../../datasets/load-task.ts';
import { findFile } from '../../datasets/locate.ts';
import { lockedSource } from '../../datasets/lock.ts';
import type { PlannedCell, ReproductionPlan } from '../../report/reproduction/document.ts';
import { idOf, questionOf } from '../../runner/task-calls.ts';
import { type Experiment, type PlannedRuns, PUBLISHED_STEPS } from './experiment.ts';
import type { ReproduceOptions } from './options.ts';

/** @throws HarnessError 'bad-arguments' where no model of the experiment is asked for */
export async function planOf(
  experiment: Experiment,
  { models, dataDir, smoke }: Pick<ReproduceOptions, 'models' | 'dataDir' | 'smoke'>,
): Promise<ReproductionPlan> {
  const { name, title, notes } = experiment;
  const cells: PlannedCell[] = [];
  for (const runs of experiment.runs) {
    for (const model of chosen(runs.models, models)) cells.push(await runCell(model, runs, dataDir, smoke));
  }
  for (const each of experiment.texts) {
    for (const model of chosen(each.models, models)) {
      const passes = familyOf(model) === 'diffusion' ? total(each.steps) : each.length;
      const what = `texts of ${each.length} tokens, judged by ${each.judge}`;
      cells.push(await ofTexts(model, what, each.temperature.length * each.samples * passes, smoke, each.judge));
    }
  }
  for (const { models: named, lengths, steps } of experiment.times) {
    for (const model of chosen(named, models)) {
      const passes = familyOf(model) === 'diffusion' ? lengths.length * total(steps) : total(lengths);
      cells.push(await ofTexts(model, `seconds of texts of ${lengths.join(', ')} tokens`, 3 * passes, smoke));
    }
  }
  requireCells(experiment, cells, models);
  return { name, title, notes, isSmoke: smoke, cells };
}

const chosen = (named: readonly string[], asked: readonly string[] | null): readonly string[] =>
  asked === null ? named : named.filter((model) => asked.includes(model));

function requireCells(
  { name, runs, texts, times }: Experiment,
  cells: readonly PlannedCell[],
  models: readonly string[] | null,
): void {
  if (models === null) return;
  const known = [...new Set([...runs, ...texts, ...times].flatMap((each) => each.models))];
  const unknown = models.find((model) => !known.includes(model));
  if (unknown === undefined && cells.length > 0) return;
  const expected = known.length === 0 ? 'none, as none of its weights were published' : known.join(', ');
  throw badArguments(`--models: expected models of ${name}, ${expected}; found ${unknown ?? 'none'}`);
}

async function runCell(
  model: string,
  planned: PlannedRuns,
  dataDir: string | null,
  smoke: boolean,
): Promise<PlannedCell> {
  const { task: name, protocol, steps = PUBLISHED_STEPS, draws = 1, shots, limit } = planned;
  const task = taskNamed(name);
  if (task === undefined) throw new TypeError(`${name}: no such task`);
  const missing = smoke ? null : await missingFor(model, task, dataDir);
  const { takesSteps, ...cost } = await costOf(task, planned, familyOf(model));
  const settings = [
    protocol,
    ...(takesSteps ? [`T = ${steps.join(', ')}`] : []),
    ...(draws > 1 && familyOf(model) === 'diffusion' ? [`${draws} draws`] : []),
    ...(shots === undefined ? [] : [`${shots} examples`]),
    ...(limit === undefined ? [] : [`first ${limit} rows`]),
  ];
  return { model, what: name, settings: settings.join(', '), missing, ...cost };
}

/** @param judge of texts, another model that must be here */
async function ofTexts(
  model: string,
  what: string,
  passes: number,
  smoke: boolean,
  judge: string | null = null,
): Promise<PlannedCell> {
  const names = [model, ...(judge === null ? [] : [judge])];
  const missing = smoke ? [] : await Promise.all(names.map(missingModel));
  return { model, what, settings: '', missing: missing.find((each) => each !== null) ?? null, items: null, passes };
}

async function missingFor(model: string, task: TaskPlugin, dataDir: string | null): Promise<string | null> {
  return (await missingModel(model)) ?? missingData(task, dataDir);
}

/** What to type for weights that are not here; null where they are. */
export async function missingModel(model: string): Promise<string | null> {
  return (await resolveModel(model).catch(orNull('missing-checkpoint'))) === null ? pullOf(model) : null;
}

/** What to type for the weights of a model. */
export const pullOf = (model: string): string => `bench models pull ${model}`;

export function missingData(task: TaskPlugin, dataDir: string | null): string | null {
  const isHere = task.sources.some(({ name, local }) => {
    return local === true || lockedSource(name).files.every((file) => findFile(file, dataDir) !== null);
  });
  const [first] = task.sources;
  return isHere || first === undefined ? null : `bench data pull ${first.name.split('/')[0]}`;
}

export const familyOf = (model: string): Family => readCatalog().get(model)?.family ?? 'autoregressive';

/** Passes of a bound, as `bench run` has it by default. */
const BOUND_PASSES = 32;
/** Tokens of a text whose length nobody knows before. */
const TYPICAL_LENGTH = 16;

/** About what a run costs, from the rows that come with the code: items, forward passes over all of them, and whether T has a say. */
export async function costOf(
  task: TaskPlugin,
  { protocol, steps = PUBLISHED_STEPS, draws = 1, limit }: PlannedRuns,
  family: Family,
): Promise<Pick<PlannedCell, 'items' | 'passes'> & { readonly takesSteps: boolean }> {
  const [source] = task.sources;
  const rows = source === undefined || source.local === true ? 0 : lockedSource(source.name).rows;
  const items = Math.min(rows, limit ?? rows);
  const [row] = await fixtureRows(task);
  const template = task.protocols[protocol];
  if (row === undefined || template === undefined) return { items, passes: 0, takesSteps: false };
  const question = questionOf(task, template, row, idOf(task, row, 0));
  const takesSteps = family === 'diffusion' && (question.kind !== 'write' || question.writing.steps === 'as-set');
  return { items, takesSteps, passes: items * passesOf(question, family, protocol === 'paper', steps, draws) };
}

function passesOf(
  question: Question,
  family: Family,
  isPaper: boolean,
  steps: readonly number[],
  draws: number,
): number {
  if (question.kind === 'write') {
    return question.views[family].reduce((sum, view) => {
      const { length, steps: counted, temperature } = writingOf(question, view);
      const tokens = typeof length === 'number' ? length : TYPICAL_LENGTH;
      const denoising = counted === 'as-set' ? total(steps) : tokens;
      return sum + (family === 'diffusion' ? denoising * (temperature === 'argmax' ? 1 : draws) : tokens);
    }, 0);
  }
  if (family === 'autoregressive') return question.views[family].length;
  return question.views[family].length * question.answers.length * (isPaper ? total(steps) : BOUND_PASSES);
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
