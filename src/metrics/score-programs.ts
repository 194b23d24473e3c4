/** What written programs are worth: do they pass their tests? Every question counts, the unanswered ones as failed. */
import type { ProtocolName } from '../core/names.ts';
import { completeProgram, type Program, type ProgramFrame, type ProgramJudge, type Verdict } from '../core/program.ts';
import { type Question, type View, type WriteQuestion, writingOf } from '../core/question.ts';
import type { Response, Written } from '../core/response.ts';
import type { Score, ScoreContext } from '../core/score.ts';

/**
 * Runs every text of every view and gives `pass@k` for the customary k up to the number of draws: at the largest T, for each T
 * as `pass@k@T` where there are several, and with `@view` for all views but the first. Range 0..1, higher is better.
 *
 * A view that stops at the end of a line writes one line: the newline that ended it, or that the model left out, is put back
 * (not under `lm-eval`: its harness glues the line to what follows).
 * A text that could not be written (a context too long, say) is a failed one, so that means are over all questions. Where the
 * sandbox could not run a program nothing is known, and the question is unscored.
 *
 * @throws TypeError without a judge
 */
export async function scorePrograms(question: Question, response: Response, context: ScoreContext): Promise<Score> {
  const { judge } = context;
  if (judge === undefined) throw new TypeError('scorePrograms: programs need a judge');
  if (question.kind !== 'write' || question.program === undefined || response.kind === 'answered')
    throw new TypeError('scorePrograms: the question does not ask for a program');
  const views = question.views[context.family].filter((view) => isAsked(view, response));
  const judged = await Promise.all(
    views.map(async (view) => {
      const texts = textsOf(response, view.name);
      const programs = texts.map(({ text }) => completed(question, view, text, context.protocol));
      return { name: view.name, texts, verdicts: await verdictsOf(programs, judge) };
    }),
  );
  const notRun = judged.flatMap(({ verdicts }) => verdicts).find(({ kind }) => kind === 'not-run');
  if (notRun !== undefined) return { kind: 'unscored', code: 'sandbox', reason: `not run: ${notRun.reason}` };
  const values = judged.map(({ texts, verdicts }, i) =>
    viewValues(texts, verdicts, context, i === 0 ? null : views[i]),
  );
  const kinds = judged.flatMap(({ name, verdicts }) =>
    verdicts.length === 0 ? [] : [[name, verdicts.map(({ kind }) => kind)] as const],
  );
  return {
    ...{ kind: 'scored', values: Object.assign({}, ...values), answer: null, gold: question.gold, undecided: false },
    ...(kinds.length === 0 ? {} : { verdicts: Object.fromEntries(kinds) }),
  };
}

/** A view that a model leaves out (no fill-in-the-middle tokens) has no metrics; one that it was refused has failed. */
function isAsked({ name, asks }: View, response: Exclude<Response, { kind: 'answered' }>): boolean {
  if (response.kind === 'unanswered') return asks?.startsWith('fim') !== true;
  return name in response.views || name in (response.refused ?? {});
}

function completed(question: WriteQuestion, view: View, text: string, protocol: ProtocolName): Program {
  const endsLine = protocol !== 'lm-eval' && writingOf(question, view).stops.includes('\n') && !text.endsWith('\n');
  return completeProgram(question.program as ProgramFrame, endsLine ? `${text}\n` : text);
}

const textsOf = (response: Response, view: string): readonly Written[] =>
  response.kind === 'written' ? (response.views[view] ?? []) : [];

/** Runs equal programs once. */
async function verdictsOf(programs: readonly Program[], { runPrograms }: ProgramJudge): Promise<readonly Verdict[]> {
  const different = new Map(programs.map((program) => [program.solution, program]));
  const verdicts = await runPrograms([...different.values()]);
  const bySolution = new Map([...different.keys()].map((solution, i) => [solution, verdicts[i] as Verdict]));
  return programs.map(({ solution }) => bySolution.get(solution) as Verdict);
}

function viewValues(
  texts: readonly Written[],
  verdicts: readonly Verdict[],
  { texts: asked = { steps: [], draws: 1 } }: ScoreContext,
  view: View | null | undefined,
): Readonly<Record<string, number>> {
  const suffix = view == null ? '' : `@${view.name}`;
  const written = [...new Set(texts.map(({ steps }) => steps ?? 0))].sort((a, b) => a - b);
  const counts = written.length > 0 ? written : asked.steps.length > 0 ? asked.steps : [0];
  const rates = (T: number, infix: string) => {
    const kinds = verdicts.filter((_, i) => (texts[i]?.steps ?? 0) === T).map(({ kind }) => kind);
    const drawn = kinds.length > 0 ? kinds.length : asked.draws;
    const passed = kinds.filter((kind) => kind === 'passed').length;
    return customaryKs(drawn).map((k) => [`pass@${k}${infix}${suffix}`, passAtK(drawn, passed, k)] as const);
  };
  const curve = counts.length > 1 ? counts.flatMap((T) => rates(T, `@${T}`)) : [];
  return Object.fromEntries([...rates(counts.at(-1) ?? 0, ''), ...curve]);
}

/**
 * Estimates for programs of which several were drawn for each problem. A value lies in 0..1, higher is better.
 */

/**
 * Probability that at least one of `k` draws passes, for one problem: the unbiased estimator from `n` draws of which `c`
 * passed.
 *
 * pass@k = 1 − C(n−c, k) / C(n, k) = 1 − Π_{i = n−c+1 … n} (1 − k / i)
 *
 * A problem counts once: pass@k of a set is the mean of this over its problems, those without a passing draw included.
 *
 * @throws RangeError unless 0 ≤ c ≤ n and 1 ≤ k ≤ n, all integers: more draws than there are cannot be estimated
 * @source Chen et al. 2021, arXiv:2107.03374, section 2.1
 */
export function passAtK(n: number, c: number, k: number): number {
  const valid = [n, c, k].every(Number.isInteger) && c >= 0 && c <= n && k >= 1 && k <= n;
  if (!valid) throw new RangeError(`passAtK: expected 0 <= c <= n and 1 <= k <= n, found n=${n}, c=${c}, k=${k}`);
  if (n - c < k) return 1;
  let noneOfK = 1;
  for (let i = n - c + 1; i <= n; i++) noneOfK *= 1 - k / i;
  return 1 - noneOfK;
}

const CUSTOMARY = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** The k for which pass@k is given with `n` draws: 1, 2, 5, 10, 20 … up to n. */
export const customaryKs = (n: number): readonly number[] => CUSTOMARY.filter((k) => k <= n);
