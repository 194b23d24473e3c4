/** The options of samplers and scores that change nothing, in sentences: as a check of `doctor`, and below a sweep. */
import type { Question } from '../../core/question.ts';
import { type SamplerChoice, samplerText } from '../../core/samplers/choice.ts';
import type { Engine } from '../../engines/engine.ts';
import { type Check, passed, skipped, suspect } from '../../lint/check.ts';
import { openLanguageModel } from '../../lm/language-model.ts';
import { orderByTask } from '../../lm/writing/chosen-sampler.ts';
import { samplersOf } from '../../options/sampler-spec.ts';
import { examplesOf } from '../../runner/plan.ts';
import type { Observer } from '../observer.ts';
import { RUN_DEFAULTS, type RunOptions } from '../options.ts';
import type { ModelFiles, TaskRows } from '../run-parts.ts';
import { firstQuestion, readingOf } from '../run-settings.ts';
import { type Knob, knobsOf, type Setup, seedKnob, typedKnobs } from './knobs.ts';
import { KNOB_ITEMS, type KnobParts, type TriedKnob, tryKnobs } from './try-knobs.ts';

type Asked = Pick<RunOptions, 'protocol' | 'sampler' | 'seed' | 'steps' | 'attention'>;

/** One check a task and sampler, and another for each option that changed nothing. @param model opened from `files` */
export async function checkKnobs(
  { files, model }: Pick<KnobParts, 'files' | 'model'>,
  tasks: readonly TaskRows[],
  asked: Asked,
): Promise<readonly Check[]> {
  const { family } = files.checkpoint.options;
  if (family === 'autoregressive') {
    return [skipped('knobs', 'an autoregressive model has no sampler, no T, no passes and no seed: they play no part')];
  }
  const checks: Check[] = [];
  for (const rows of tasks) {
    const question = firstQuestion(rows, asked);
    if (question === undefined) continue;
    const parts = { ...partsOf(rows, files, asked), model };
    for (const choice of choicesFor(question, asked)) {
      const tried = await tryKnobs(parts, knobsOf(question, setupOf(parts, question, choice, asked)));
      checks.push(...checksOf(labelOf(parts.task, choice), parts.examples.length, tried));
    }
  }
  return checks;
}

/** Of what was typed: settings of samplers, each against its absence, and the seed. A sentence for each that changed nothing. */
export async function idleKnobs(
  models: readonly ModelFiles[],
  tasks: readonly TaskRows[],
  engine: Engine,
  asked: Asked,
  { signal }: Pick<Observer, 'signal'>,
): Promise<readonly string[]> {
  const T = asked.steps.find((steps) => steps >= 4) ?? Math.max(...asked.steps);
  const found: string[] = [];
  for (const files of models.filter(({ checkpoint }) => checkpoint.options.family === 'diffusion')) {
    const works = tasks.flatMap((rows) => worksOf(rows, files, { ...asked, steps: [T] }));
    if (works.length === 0) continue;
    const model = await openLanguageModel({ ...files, engine, signal });
    try {
      for (const { parts, label, knobs } of works) {
        if (signal.aborted) return found;
        const tried = await tryKnobs({ ...parts, model }, knobs);
        found.push(...tried.flatMap((each) => idleText(each, label, parts.examples.length)));
      }
    } finally {
      await model.dispose();
    }
  }
  return found;
}

interface KnobWork {
  readonly parts: Omit<KnobParts, 'model'>;
  readonly label: string;
  readonly knobs: readonly Knob[];
}

function worksOf(rows: TaskRows, files: ModelFiles, asked: Asked): readonly KnobWork[] {
  const question = firstQuestion(rows, asked);
  if (question === undefined) return [];
  const parts = partsOf(rows, files, asked);
  return choicesFor(question, asked).flatMap((choice): KnobWork[] => {
    const setup = setupOf(parts, question, choice, asked);
    const typed = choice === null || question.kind !== 'write' ? [] : typedKnobs(setup, choice);
    const knobs = typed.length > 0 || asked.seed !== RUN_DEFAULTS.seed ? [...typed, seedKnob(setup)] : typed;
    const label = `${labelOf(parts.task, choice)}, ${files.checkpoint.name}`;
    return knobs.length === 0 ? [] : [{ parts, label, knobs }];
  });
}

/** Where answers are weighed samplers have no say, so that one is enough to show it. */
function choicesFor(question: Question, { sampler }: Asked): readonly (SamplerChoice | null)[] {
  const choices = samplersOf(sampler);
  return question.kind === 'write' ? choices : choices.slice(0, 1);
}

function partsOf({ task, loaded, shots }: TaskRows, files: ModelFiles, { protocol }: Asked): Omit<KnobParts, 'model'> {
  return { task: task.name, files, examples: examplesOf(task, protocol, loaded.rows, KNOB_ITEMS, shots) };
}

function setupOf(
  { files }: Pick<KnobParts, 'files'>,
  question: Question,
  choice: SamplerChoice | null,
  { protocol, seed, steps, attention }: Asked,
): Setup {
  const order = orderByTask(question, files.checkpoint.architecture);
  const sampler = choice ?? (order === null ? null : { order });
  const reading = readingOf(files.checkpoint, { attention });
  const options: Setup['options'] = { protocol, seed, steps, passes: 32, draws: 1 };
  return { options, reading: sampler === null ? reading : { ...reading, sampler } };
}

const labelOf = (task: string, choice: SamplerChoice | null): string =>
  choice === null ? task : `${task} by ${samplerText(choice)}`;

function checksOf(label: string, items: number, tried: readonly TriedKnob[]): readonly Check[] {
  const namesOf = (...states: readonly TriedKnob['found'][]): string =>
    tried.flatMap(({ name, found }) => (states.includes(found) ? [name] : [])).join(', ');
  const parts = [
    [namesOf('changed'), 'changed answers'],
    [namesOf('no-part'), 'played no part'],
    [namesOf('refused'), 'did not go with the rest'],
  ] as const;
  const told = parts.flatMap(([names, what]) => (names === '' ? [] : [`${names} ${what}`]));
  const idle = tried.flatMap((each): Check[] => {
    if (each.found !== 'nothing') return [];
    const advice = 'runs that differ in it alone would agree on these items: leave it out, or look at more';
    return [suspect('knobs', nothingText(each, label, items), advice)];
  });
  return [...idle, passed('knobs', `${label}, ${items} items: ${told.join('; ')}`)];
}

const nothingText = ({ name, values }: TriedKnob, label: string, items: number): string =>
  `${label}: ${name} changed nothing on ${items} items (${values[0]} against ${values[1]})`;

function idleText(tried: TriedKnob, label: string, items: number): readonly string[] {
  if (tried.found === 'nothing') return [nothingText(tried, label, items)];
  const isNoPart = tried.found === 'no-part' && tried.name !== 'seed';
  return isNoPart ? [`${label}: ${tried.name} = ${tried.values[0]} plays no part: it is the run without it`] : [];
}
