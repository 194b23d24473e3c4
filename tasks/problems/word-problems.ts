/**
 * Word problems from templates of our own, answered in the form of GSM8K-symbolic rows: one `<< a + b = c >>` a step,
 * then `#### answer`, with blanks so that a number is the same word everywhere. All values lie in 0 … 99.
 */
import { z } from 'zod';
import { type GeneratedProblem, NAMES, type Numbers, problemGenerator, twoOf, wholeNumber } from './generator.ts';

const OBJECTS = [
  ['cookies', 'apples', 'books', 'pens', 'coins', 'shells'],
  ['stones', 'cards', 'stamps', 'balls', 'eggs', 'beads'],
].flat();
const GAINS = ['buys', 'finds', 'gets'];
const LOSSES = ['loses', 'eats', 'sells'];
const LARGEST = 99;

/** What happens to a number: the sentence, and the step that answers it. */
interface Event {
  readonly sentence: string;
  readonly sign: '+' | '-' | '*';
  readonly by: number;
}

export const wordProblems = problemGenerator({
  name: 'word-problems',
  about: 'arithmetic word problems of one to four steps',
  version: 2,
  words: [
    ...NAMES,
    ...OBJECTS,
    ...GAINS,
    ...LOSSES,
    ...['has', 'more', 'fewer', 'than', 'as', 'many', 'times', 'gives', 'to', 'away', 'how', 'does', 'have', 'now'],
    ...['in', 'all', 'do', 'they', 'and', '.', '?', ':', '<<', '>>', '####', '+', '-', '*', '='],
  ],
  schema: z.strictObject({
    steps: wholeNumber(1, 4).default(2),
    /** Largest number in the text. */
    largest: wholeNumber(2, 50).default(20),
  }),
  propose: (random, { steps, largest }) => compose(random, steps, largest),
  isCorrect: ({ answer }, written) => finalAnswer(written) === finalAnswer(answer) && written.includes('####'),
});

/** One person's things change; the last step may compare with another person or add both up. */
function compose(random: Numbers, steps: number, largest: number): GeneratedProblem | null {
  const [name, other] = twoOf(random, NAMES);
  const object = random.pick(OBJECTS);
  const first = random.between(2, largest);
  const sentences = [`${name} has ${first} ${object} .`];
  const lines: string[] = [];
  const numbers = [first];
  const shape: string[] = [];
  let value = first;
  let asked = name;
  for (let step = 0; step < steps; step++) {
    const isComparison = step === steps - 1 && random.between(0, 1) === 1;
    const event = isComparison ? compared(random, name, other, object) : changed(random, name, object, largest);
    const result = event.sign === '+' ? value + event.by : event.sign === '-' ? value - event.by : value * event.by;
    if (result < 0 || result > LARGEST) return null;
    sentences.push(event.sentence);
    lines.push(`<< ${value} ${event.sign} ${event.by} = ${result} >>`);
    numbers.push(event.by);
    shape.push(event.sign);
    value = result;
    if (isComparison) asked = other;
  }
  const question = asked === name ? `how many ${object} does ${name} have now ?` : `how many does ${other} have ?`;
  return {
    prompt: `${sentences.join(' ')} ${question} :`,
    answer: `${lines.join(' ')} #### ${value}`,
    // Names and things do not make another problem.
    key: `${shape.join('')}${asked === name ? '' : '?'}${numbers.join()}`,
  };
}

function changed(random: Numbers, name: string, object: string, largest: number): Event {
  const by = random.between(1, largest);
  const kind = random.between(0, 2);
  if (kind === 0) return { sentence: `${name} ${random.pick(GAINS)} ${by} more ${object} .`, sign: '+', by };
  const sentence =
    kind === 1 ? `${name} ${random.pick(LOSSES)} ${by} ${object} .` : `${name} gives away ${by} ${object} .`;
  return { sentence, sign: '-', by };
}

function compared(random: Numbers, name: string, other: string, object: string): Event {
  if (random.between(0, 2) === 0) {
    const by = random.between(2, 3);
    return { sentence: `${other} has ${by} times as many ${object} as ${name} .`, sign: '*', by };
  }
  const by = random.between(1, 10);
  const more = random.between(0, 1) === 1;
  const sentence = `${other} has ${by} ${more ? 'more' : 'fewer'} ${object} than ${name} .`;
  return { sentence, sign: more ? '+' : '-', by };
}

const finalAnswer = (text: string): string => text.slice(text.lastIndexOf('####') + 4).trim();
