/** The wording differences of two protocols, each as a function from question to question. Both together give the second one. */
import type { Family, Piece, Question, View } from '../core/question.ts';

/** A question with the one view by which its headline is scored, for each family. */
export function firstViews(question: Question): Question {
  return eachView(question, (view) => view);
}

/** The pieces of `paper`, cut into tokens as it does, under the BOS rule of `canonical`. Quirk Q13. */
export function withPaperSpacing(canonical: Question, paper: Question): Question {
  const answers = { answers: paper.answers };
  return eachView({ ...canonical, ...answers }, (view, family) => {
    const other = firstView(paper, family);
    const plain = other.alternatives.map((pieces) => pieces.map((piece) => ({ ...piece, specialTokens: false })));
    return { ...other, name: view.name, bos: view.bos, alternatives: plain };
  });
}

/** The pieces of `canonical` under the BOS rule of `paper`: none, or also inside, where a piece starts with one. Q10, Q11. */
export function withPaperBos(canonical: Question, paper: Question): Question {
  return eachView(canonical, (view, family) => {
    const other = firstView(paper, family);
    const alternatives = view.alternatives.map((pieces, i) => withSpecials(pieces, other.alternatives[i] ?? []));
    return { ...view, bos: other.bos, alternatives };
  });
}

/** The first visible and the first scored piece are encoded with special tokens where those of the other wording are. */
function withSpecials(pieces: readonly Piece[], other: readonly Piece[]): readonly Piece[] {
  return pieces.map((piece, i) => {
    const isFirst = pieces.findIndex(({ scored }) => scored === piece.scored) === i;
    const counterpart = other.find(({ scored }) => scored === piece.scored);
    return { ...piece, specialTokens: isFirst && counterpart?.specialTokens === true };
  });
}

function eachView(question: Question, change: (view: View, family: Family) => View): Question {
  const one = (family: Family): readonly View[] =>
    question.views[family].slice(0, 1).map((view) => {
      const { writing: _, ...changed } = change(view, family);
      return changed;
    });
  return { ...question, views: { autoregressive: one('autoregressive'), diffusion: one('diffusion') } };
}

function firstView(question: Question, family: Family): View {
  const [view] = question.views[family];
  if (view === undefined) throw new TypeError(`a question without a view for ${family} models`);
  return view;
}
