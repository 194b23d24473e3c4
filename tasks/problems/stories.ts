/**
 * Little stories from a grammar of our own, whose last word follows from what came before it. They are a corpus (prompt and
 * answer in one go, packed) and a cloze (the last word is asked for). A reader who sees no more than what kind of word is
 * missing guesses one in six to sixteen.
 */
import { z } from 'zod';
import { type GeneratedProblem, NAMES, type Numbers, problemGenerator, twoOf } from './generator.ts';

const THINGS = [
  ['ball', 'book', 'key', 'lamp', 'drum', 'kite', 'boat', 'doll'],
  ['cup', 'hat', 'ring', 'box', 'bell', 'coat', 'spoon', 'map'],
].flat();
const PLACES = ['garden', 'kitchen', 'park', 'forest', 'school', 'house', 'barn', 'tower', 'shop', 'yard'];
const ANIMALS = ['dog', 'cat', 'bird', 'horse', 'frog', 'duck', 'mouse', 'rabbit'];
const COLOURS = ['red', 'blue', 'green', 'yellow', 'white', 'black'];
const BEGINNINGS = ['', 'it was a sunny day . ', 'it was a cold day . ', 'once upon a time , ', 'one day , '];

/** Kinds of words that stories end with. */
export const KINDS: readonly (readonly string[])[] = [THINGS, PLACES, ANIMALS, COLOURS, NAMES];

/** What a story is about; pairs of a kind are different. */
type Cast = Readonly<
  Record<'name' | 'other' | 'thing' | 'place' | 'far' | 'animal' | 'beast' | 'colour' | 'tint', string>
>;

/** Each ends before its last word, which follows after `|`. */
const PLOTS: readonly ((cast: Cast) => string)[] = [
  ({ name, other, thing, place, colour }) =>
    `${name} had a ${colour} ${thing} . ${name} lost it in the ${place} . ${other} went to the ${place} and found the ${colour} |${thing}`,
  ({ name, other, thing, place }) =>
    `${name} put the ${thing} in the ${place} and went to sleep . then ${other} came and wanted the ${thing} . ${name} said , look in the |${place}`,
  ({ name, other, animal, place }) =>
    `${name} and ${other} saw a ${animal} in the ${place} . it was very hungry . ${name} gave some bread to the |${animal}`,
  ({ name, animal, place }) =>
    `a ${animal} lived in the ${place} . ${name} came to see it . but then the ${place} was empty , and ${name} could not find the |${animal}`,
  ({ name, other, thing, colour, tint }) =>
    `${name} wanted the ${colour} ${thing} and ${other} wanted the ${tint} ${thing} . ${other} was happy , for the one that ${other} got was |${tint}`,
  ({ name, other, thing, colour, tint }) =>
    `${name} wanted the ${colour} ${thing} and ${other} wanted the ${tint} ${thing} . ${name} was happy , for the one that ${name} got was |${colour}`,
  ({ name, other, thing }) =>
    `${name} gave a ${thing} to ${other} . ${other} liked the ${thing} very much . so ${other} said thank you to |${name}`,
  ({ name, other, place }) =>
    `${name} and ${other} played in the ${place} . ${name} was hiding . ${other} looked for a long time , and at last saw |${name}`,
  ({ name, animal, beast, place }) =>
    `a ${animal} and a ${beast} came to the ${place} . the ${animal} was big and the ${beast} was small . ${name} liked the small one , the |${beast}`,
  ({ name, animal, beast, place }) =>
    `a ${animal} and a ${beast} came to the ${place} . the ${animal} was big and the ${beast} was small . ${name} liked the big one , the |${animal}`,
  ({ name, other, thing, colour }) =>
    `${name} had a new ${thing} . it was ${colour} . but at home it broke and ${name} was sad . so ${other} gave ${name} a ${colour} |${thing}`,
  ({ name, animal, place, far }) =>
    `${name} has a ${animal} . it likes to eat in the ${far} and to sleep in the ${place} . at night ${name} finds it in the |${place}`,
];

const WORDS_OF_PLOTS = [
  'a and at big bread broke but came cold could day eat empty find finds for',
  'found gave got had happy has hiding home hungry in it last liked likes lived long',
  'look looked lost much new night not once one played put sad said saw see sleep',
  'small so some sunny thank that the then time to upon very wanted was went you',
  '. ,',
].flatMap((line) => line.split(' '));

export const stories = problemGenerator({
  name: 'stories',
  about: 'little stories whose last word follows from them',
  version: 1,
  words: [...new Set([...WORDS_OF_PLOTS, ...NAMES, ...THINGS, ...PLACES, ...ANIMALS, ...COLOURS])],
  schema: z.strictObject({}),
  propose: tell,
  isCorrect: ({ answer }, written) => written === answer,
});

function tell(random: Numbers): GeneratedProblem {
  const beginning = random.pick(BEGINNINGS);
  const plot = random.pick(PLOTS);
  const [name, other] = twoOf(random, NAMES);
  const [place, far] = twoOf(random, PLACES);
  const [animal, beast] = twoOf(random, ANIMALS);
  const [colour, tint] = twoOf(random, COLOURS);
  const story = plot({ name, other, thing: random.pick(THINGS), place, far, animal, beast, colour, tint });
  const [prompt = '', answer = ''] = story.split(' |');
  // A beginning does not make another story.
  return { prompt: beginning + prompt, answer, key: story };
}
