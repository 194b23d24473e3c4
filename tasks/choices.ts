/** What multiple-choice tasks share: each answer stands after one context, a blank before it. */
import { bothFamilies, choose, continuation, joint, jointWithoutBos, type Question } from '#harness';

/** How answers are ranked: by the log-likelihood of all of an answer, or of a token of it. */
export const BY_SUM = { autoregressive: 'sum', diffusion: 'sum' } as const;
export const BY_MEAN = { autoregressive: 'mean', diffusion: 'mean' } as const;

/** Without blanks at the ends of context and answers. @param gold index of the right answer */
export function canonicalChoice(context: string, answers: readonly string[], gold: number): Question {
  const trimmed = answers.map((answer) => answer.trim());
  return choiceAfter(context.trim(), trimmed, gold);
}

export function choiceAfter(
  context: string,
  answers: readonly string[],
  gold: number,
  tokenize: typeof joint = joint,
): Question {
  return choose(answers, gold, bothFamilies(tokenize(after(context, answers))));
}

/** As OLMES asks: left-to-right models also say what the answers are worth without the question. */
export function olmesChoice(context: string, answers: readonly string[], gold: number): Question {
  const view = jointWithoutBos(after(context, answers));
  const unconditional = jointWithoutBos(after('Answer:', answers), 'unconditional');
  return choose(answers, gold, { autoregressive: [view, unconditional], diffusion: [view] });
}

const after = (context: string, answers: readonly string[]) =>
  answers.map((answer) => continuation(context, ` ${answer}`));
