/** What models answer whose abilities are known: one that is certain of an alternative, and one that writes given texts. */
import type { Family, Question } from '../../src/core/question.ts';
import {
  type AlternativeScore,
  NORMALISATIONS,
  type Ranking,
  type RankingName,
  type Response,
  type ViewResponse,
} from '../../src/core/response.ts';
import { cutAtStop } from '../../src/lm/writing/continuation-text.ts';

/** Diffusion steps T of the answers. */
const STEPS = [1, 32];

export type WrittenQuestion = Extract<Question, { kind: 'write' }>;

/** The answer of a model that gives alternative `best` 1 nat and every other 5. */
export function certainOf(best: number, question: Question, family: Family): Response {
  const quantities =
    family === 'autoregressive'
      ? (['loglikelihood'] as const)
      : (['nelbo', ...STEPS.flatMap((T) => [`nelbo@${T}`, `official@${T}`] as const)] as const);
  const alternatives = (chosen: number) =>
    question.answers.map((_answer, index): AlternativeScore => {
      const nats = index === chosen ? 1 : 5;
      const value = family === 'autoregressive' ? -nats : nats;
      return {
        tokens: 1,
        crossing: false,
        quantities: Object.fromEntries(quantities.map((name) => [name, { value, stderr: 0 }])),
        exact: true,
        greedy: question.kind === 'fill' ? best === question.gold : null,
      };
    });
  const ranking: Ranking = { best, runnerUp: 1 - Math.min(best, 1), margin: 4, stderr: 0 };
  const names = quantities.flatMap((name) => NORMALISATIONS.map((by): RankingName => `${name}/${by}`));
  const rankings = Object.fromEntries(names.map((name) => [name, ranking]));
  // Without the context all alternatives are alike.
  const view = (name: string): ViewResponse => ({
    alternatives: alternatives(name === 'unconditional' ? -1 : best),
    rankings,
  });
  return {
    kind: 'answered',
    views: Object.fromEntries(question.views[family].map(({ name }) => [name, view(name)])),
    nfe: 1,
  };
}

/** The answer of a model that writes these texts, by view, for every T where the run sets T. */
export function wrote(question: WrittenQuestion, family: Family, textOf: (view: string) => string): Response {
  const counts = family === 'autoregressive' ? [null] : question.writing.steps === 'as-set' ? STEPS : [1];
  const views = question.views[family].map(({ name }) => [
    name,
    counts.map((steps) => ({ steps, draw: 0, text: textOf(name), tokens: 1, nfe: 1 })),
  ]);
  return { kind: 'written', views: Object.fromEntries(views), nfe: 1 };
}

/** The reference as a perfect model would write it: the scored pieces of each view, cut at the first stop. */
export function referenceOf({ views, writing }: WrittenQuestion, family: Family): Readonly<Record<string, string>> {
  const texts = views[family].map(({ name, alternatives: [pieces = []] }) => {
    const text = pieces.flatMap((piece) => (piece.scored ? [piece.text] : [])).join('');
    return [name, cutAtStop(text, writing.stops) ?? text];
  });
  return Object.fromEntries(texts);
}
