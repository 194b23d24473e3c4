/** Builders of questions: how a wording becomes views of pieces. Pure text; tokens are made in `src/lm`. */
import type { ProgramFrame } from './program.ts';
import {
  type Family,
  type Piece,
  type Question,
  type SftLayout,
  scored,
  type View,
  visible,
  type WriteQuestion,
  type Writing,
} from './question.ts';

type Alternatives = View['alternatives'];

/** The whole text of each alternative is encoded once, with one BOS where the family was trained with it. */
export function joint(alternatives: Alternatives, name = 'default'): View {
  return { name, tokenization: 'joint', bos: 'once', alternatives };
}

/** As `joint`, without BOS. */
export function jointWithoutBos(alternatives: Alternatives, name = 'default'): View {
  return { name, tokenization: 'joint', bos: 'as-pieces', alternatives };
}

/** Each piece is encoded alone and the ids are glued, as the published scripts do. */
export function separate(alternatives: Alternatives, name = 'default'): View {
  return { name, tokenization: 'separate', bos: 'as-pieces', alternatives };
}

/** Each piece is encoded as text that goes on, with one BOS where the family was trained with it: no token crosses a border. */
export function inPlace(alternatives: Alternatives, name = 'default'): View {
  return { name, tokenization: 'in-place', bos: 'once', alternatives };
}

/**
 * A context and what follows it, as pieces. Blanks at the end of the context move to the scored side, so that no token
 * ends in the blank that belongs to the next word. The text as a whole stays as it is.
 */
export function continuation(context: string, text: string): readonly Piece[] {
  const kept = context.trimEnd();
  const pieces = [visible(kept), scored(context.slice(kept.length) + text)];
  return kept === '' ? pieces.slice(1) : pieces;
}

/** Source and target in the row that a model was fine-tuned on; see `SftLayout`. */
export function fineTuned(source: string, target: string, layout: SftLayout, name = 'default'): View {
  return { ...separate([[visible(source), scored(target)]], name), layout };
}

/** The same views for both families. */
export function bothFamilies(...views: readonly View[]): Record<Family, readonly View[]> {
  return { autoregressive: views, diffusion: views };
}

/**
 * A question with one right answer among several.
 *
 * @param answers  as a reader sees them, without blanks at the ends
 * @param gold     index of the right one
 */
export function choose(answers: readonly string[], gold: number, views: Question['views']): Question {
  return { kind: 'choose', answers, gold, views };
}

/** A question whose answer the model writes, in the place of the scored piece of each view. */
export function write(reference: string, views: Question['views'], writing: Writing): WriteQuestion {
  return { kind: 'write', answers: [reference], gold: 0, views, writing };
}

/** As `write`; the text completes a program, whose tests judge it. */
export const writeProgram = (
  program: ProgramFrame,
  reference: string,
  views: Question['views'],
  writing: Writing,
): WriteQuestion => ({ ...write(reference, views, writing), program });

/** A question with one right answer, whose likelihood counts. */
export function fill(answer: string, views: Question['views']): Question {
  return { kind: 'fill', answers: [answer], gold: 0, views };
}

/** Words joined by one blank; the last one, with the blank before it, is the answer. */
export function fillLast(words: readonly string[], tokenize: (alternatives: Alternatives) => View): Question {
  const word = words.at(-1) ?? '';
  const context = words.slice(0, -1).join(' ');
  return fill(word, bothFamilies(tokenize([[visible(context), scored(` ${word}`)]])));
}
