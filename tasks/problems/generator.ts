/**
 * Problems that are made rather than published: as many as are wanted, from named random numbers. What a problem is decides
 * whether it is held out, so training never sees a held-out one, whatever the seeds.
 */

import { z } from 'zod';
import { HarnessError, type RandomStream, stream } from '#harness';

export interface GeneratedProblem {
  readonly prompt: string;
  /** The answer that a model is trained on; others may be right as well. */
  readonly answer: string;
  /** Problems of one key are the same problem; the split is by key. */
  readonly key: string;
}

export type GeneratedSplit = 'train' | 'held-out';

/** Share of all problems that is held out. */
export const HELD_OUT_SHARE = 0.05;

/** Problems of one kind and one setting. */
export interface ProblemSource {
  readonly generator: string;
  /** Raised when the same random numbers give another problem. */
  readonly version: number;
  /** All of them, defaults filled in. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** @throws HarnessError 'bad-arguments' when the settings leave no problem to draw */
  draw(split: GeneratedSplit, random: RandomStream): GeneratedProblem;
  isHeldOut(problem: GeneratedProblem): boolean;
  /** Blanks at the ends of what was written do not count. */
  isCorrect(problem: GeneratedProblem, written: string): boolean;
}

export interface ProblemGenerator {
  readonly name: string;
  readonly about: string;
  /** Every word that its texts hold besides whole numbers: for a word-level vocabulary. */
  readonly words: readonly string[];
  /** Names of the settings. */
  readonly settings: readonly string[];
  /** @throws HarnessError 'bad-arguments' naming the setting */
  open(settings: Readonly<Record<string, unknown>>): ProblemSource;
}

/** Random numbers for one problem, one after the other. */
export interface Numbers {
  /** A whole number in least … most. */
  between(least: number, most: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

interface GeneratorDefinition<Schema extends z.ZodObject> extends Pick<ProblemGenerator, 'name' | 'about' | 'words'> {
  readonly version: number;
  /** Every field has a default. */
  readonly schema: Schema;
  /** null: these numbers make no problem; the next ones are tried. */
  propose(numbers: Numbers, settings: z.infer<Schema>): GeneratedProblem | null;
  isCorrect(problem: GeneratedProblem, written: string, settings: z.infer<Schema>): boolean;
}

/** Draws for one problem before the settings are taken to be impossible. */
const MOST_TRIES = 100_000;

export function problemGenerator<Schema extends z.ZodObject>(
  definition: GeneratorDefinition<Schema>,
): ProblemGenerator {
  const { name, about, version, words, schema } = definition;
  const isHeldOut = ({ key }: GeneratedProblem) => stream(0, 'held-out', name, key).uniform(0) < HELD_OUT_SHARE;
  const open = (given: Readonly<Record<string, unknown>>): ProblemSource => {
    const settings = parseSettings(name, schema, given);
    return {
      generator: name,
      version,
      settings,
      isHeldOut,
      isCorrect: (problem, written) => definition.isCorrect(problem, written.trim(), settings),
      draw(split, random) {
        const numbers = numbersOf(random);
        for (let tries = 0; tries < MOST_TRIES; tries++) {
          const problem = definition.propose(numbers, settings);
          if (problem !== null && isHeldOut(problem) === (split === 'held-out')) return problem;
        }
        const message = `${name}: no problem found in ${MOST_TRIES} draws with ${JSON.stringify(settings)}`;
        const hint = 'allow larger numbers, more operators or a wider range of results';
        throw new HarnessError('bad-arguments', message, { hint });
      },
    };
  };
  return { name, about, words, settings: Object.keys(schema.shape), open };
}

function numbersOf(random: RandomStream): Numbers {
  let counter = 0;
  const between = (least: number, most: number) => {
    const value = least + Math.floor(random.uniform(counter) * (most - least + 1));
    counter += 1;
    return value;
  };
  return { between, pick: (items) => items[between(0, items.length - 1)] as (typeof items)[number] };
}

function parseSettings<Schema extends z.ZodObject>(name: string, schema: Schema, given: object): z.infer<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.');
  const hint = `known settings: ${Object.keys(schema.shape).join(', ')}`;
  throw new HarnessError('bad-arguments', `task ${name}, setting ${where}: ${issue?.message}`, { hint });
}

/** A whole number that a setting may be. */
export const wholeNumber = (least: number, most: number) => z.int().min(least).max(most);

/** Two different ones of items that are all different. */
export function twoOf(random: Numbers, items: readonly string[]): readonly [string, string] {
  const first = random.between(0, items.length - 1);
  const second = random.between(0, items.length - 2);
  return [items[first] as string, items[second < first ? second : second + 1] as string];
}

/** Who stories and word problems are about. */
export const NAMES = ['Lily', 'Mia', 'Tom', 'Ben', 'Anna', 'Max', 'Sara', 'Leo', 'Nora', 'Sam'];
