/** What a response is worth: one number for each metric of the question's kind. */
import { headlineRanking } from '../core/headline-ranking.ts';
import type { Piece, Question, View } from '../core/question.ts';
import type {
  AlternativeScore,
  Normalisation,
  Quantity,
  Ranking,
  RankingName,
  Response,
  ViewResponse,
} from '../core/response.ts';
import type { Score, ScoreContext } from '../core/score.ts';

/** Standard errors by which the best alternative must lead before the choice counts as decided. */
const DECIDED = 2;

const ACCURACY: readonly (readonly [string, Normalisation])[] = [
  ['accSum', 'sum'],
  ['accMean', 'mean'],
  ['accByte', 'byte'],
  ['accChar', 'char'],
];

/**
 * Scores a response against the gold answer.
 *
 * `choose`: `acc` (the protocol's ranking), `accSum`, `accMean`, `accByte`, `accChar` (the family's main quantity under
 * each normalisation) and, for diffusion, `accOfficial@T` and `accNelbo@T` (per token) for every T in the response; 0 or 1 each. Where
 * every alternative has its likelihood itself, `accExact` (by it, normalised as the headline) and `accLikelihood@T`; where deterministic
 * samplers were asked for, `accDuel:RULE` and `accDuel:RULE@T`. Metrics
 * of a second view carry its name: `accMean@option-only`. Per-byte and per-character values are left out where a view
 * scores other text than the answers (partial scoring). Where a view `unconditional` is answered, `accPmi` picks the
 * alternative whose log-probability the context raises most.
 *
 * `fill`: `acc` (greedy decoding writes the answer; left out where that was not asked), `nll` (AR) or `nelbo`, `nelbo@T`
 * and `official@T` (diffusion), in nats over the answer, and `bitsPerByte` of the text that is scored: the blank before
 * an answer counts where it is scored with it. Where all masks were run also `marginal`, `likelihood@T` and `exactBitsPerByte`;
 * `duel:RULE` and `duel:RULE@T` where they were asked for.
 *
 * `slack`: nats by which the bound of the right answer lies above its likelihood.
 *
 * An unanswered question, or a response without the headline quantity, is unscored: never 0.
 */
export function scoreQuestion(question: Question, response: Response, context: ScoreContext): Score {
  if (response.kind === 'unanswered') return { kind: 'unscored', code: response.code, reason: response.reason };
  if (response.kind === 'written') throw new TypeError('a written text is scored by `scoreWriting`');
  const [view] = question.views[context.family];
  const first = view === undefined ? undefined : response.views[view.name];
  if (first === undefined) {
    return { kind: 'unscored', code: 'bad-request', reason: `no answer to view ${view?.name ?? 'default'}` };
  }
  return question.kind === 'choose'
    ? scoreChoice(question, response.views, first, context)
    : scoreFill(question, view, first);
}

/** T is the largest in the response. */
const decides = (context: ScoreContext, view: ViewResponse): RankingName | null =>
  headlineRanking(context, stepsOf(view).at(-1));

function scoreChoice(
  question: Question,
  views: Readonly<Record<string, ViewResponse>>,
  first: ViewResponse,
  context: ScoreContext,
): Score {
  const name = decides(context, first);
  const headline = name === null ? undefined : first.rankings[name];
  if (headline === undefined) {
    return { kind: 'unscored', code: 'bad-request', reason: `no ranking by ${name ?? 'a number of steps'}` };
  }
  const values: Record<string, number> = {};
  question.views[context.family].forEach(({ name: viewName }, index) => {
    const view = views[viewName];
    if (view === undefined || viewName === UNCONDITIONAL) return;
    const suffix = index === 0 ? '' : `@${viewName}`;
    const skipped = scoresAnswers(question, context, index) ? [] : PER_LENGTH;
    for (const [metric, ranking] of accuracies(context, view)) {
      if (!skipped.includes(metric)) values[`${metric}${suffix}`] = ranking.best === question.gold ? 1 : 0;
    }
  });
  Object.assign(values, slackOf(first.alternatives[question.gold]));
  const pmi = mostInformative(first, views[UNCONDITIONAL], context);
  if (pmi !== null) values.accPmi = pmi === question.gold ? 1 : 0;
  return {
    kind: 'scored',
    values,
    answer: headline.best,
    gold: question.gold,
    undecided: isUndecided(headline, first),
  };
}

const PER_LENGTH = ['accByte', 'accChar'];

/** Does a view score the text of the answers, and not only what follows them? White space aside. */
function scoresAnswers({ answers, views }: Question, { family }: ScoreContext, index: number): boolean {
  const letters = (text: string) => text.replaceAll(/\s/gu, '');
  return (views[family][index]?.alternatives ?? []).every((pieces, alternative) => {
    return letters(scoredText(pieces)) === letters(answers[alternative] ?? '');
  });
}

const scoredText = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (piece.scored ? piece.text : '')).join('');

function isUndecided({ margin, stderr, runnerUp }: Ranking, { race }: ViewResponse): boolean {
  if (race !== undefined) return !race.decided;
  return runnerUp !== null && stderr > 0 && margin < DECIDED * stderr;
}

function accuracies(context: ScoreContext, view: ViewResponse): [string, Ranking][] {
  const main: Quantity = context.family === 'autoregressive' ? 'loglikelihood' : 'nelbo';
  const named: (readonly [string, RankingName | null])[] = [
    ['acc', decides(context, view)],
    ...ACCURACY.map(([metric, normalisation]) => [metric, `${main}/${normalisation}`] as const),
    ...stepsOf(view).flatMap((steps) => [
      [`accOfficial@${steps}`, `official@${steps}/sum`] as const,
      [`accNelbo@${steps}`, `nelbo@${steps}/mean`] as const,
      [`accLikelihood@${steps}`, `likelihood@${steps}/mean`] as const,
    ]),
    ['accExact', `marginal/${context.headline}`],
    ...duelsOf(view).map((name) => {
      const normalisation = name.includes('@') ? 'mean' : context.headline;
      return [`accDuel:${name.slice('duel:'.length)}`, `${name}/${normalisation}`] as const;
    }),
  ];
  return named.flatMap(([metric, name]): [string, Ranking][] => {
    const ranking = name === null ? undefined : view.rankings[name];
    return ranking === undefined ? [] : [[metric, ranking]];
  });
}

const duelsOf = ({ alternatives: [first] }: ViewResponse): readonly Quantity[] =>
  (Object.keys(first?.quantities ?? {}) as Quantity[]).filter((name) => name.startsWith('duel:'));

/** Every T for which the view has a ranking or a quantity, ascending. */
function stepsOf(view: ViewResponse): number[] {
  const names = [...Object.keys(view.rankings), ...Object.keys(view.alternatives[0]?.quantities ?? {})];
  const steps = names.flatMap((name) => /^(?:nelbo|official)@(\d+)/.exec(name)?.[1] ?? []);
  return [...new Set(steps.map(Number))].sort((a, b) => a - b);
}

/** View whose context says nothing about the question; it only calibrates the first one. */
const UNCONDITIONAL = 'unconditional';

/** argmax of log p(answer | context) − log p(answer | a context that says nothing); first index on ties. */
function mostInformative(
  conditional: ViewResponse,
  unconditional: ViewResponse | undefined,
  context: ScoreContext,
): number | null {
  if (unconditional === undefined) return null;
  const gains = conditional.alternatives.map((alternative, index) => {
    const prior = unconditional.alternatives[index];
    const with_ = logProbability(alternative, context);
    const without = prior === undefined ? null : logProbability(prior, context);
    return with_ === null || without === null ? Number.NaN : with_ - without;
  });
  return gains.some(Number.isNaN) ? null : gains.indexOf(Math.max(...gains));
}

/** Log-probability of the scored text in nats; for diffusion its lower bound −NELBO. */
function logProbability({ quantities }: AlternativeScore, context: ScoreContext): number | null {
  if (context.family === 'autoregressive') return quantities.loglikelihood?.value ?? null;
  return quantities.nelbo === undefined ? null : -quantities.nelbo.value;
}

function scoreFill(question: Question, view: View | undefined, response: ViewResponse): Score {
  const [alternative] = response.alternatives;
  if (alternative === undefined) return { kind: 'unscored', code: 'bad-request', reason: 'no answer was scored' };
  const { quantities, greedy } = alternative;
  const values: Record<string, number> = {};
  if (greedy !== null) values.acc = greedy ? 1 : 0;
  if (quantities.loglikelihood !== undefined) values.nll = 0 - quantities.loglikelihood.value; // no −0
  for (const [name, estimate] of Object.entries(quantities)) {
    if (name !== 'loglikelihood' && estimate !== undefined) values[name] = estimate.value;
  }
  Object.assign(values, slackOf(alternative));
  const bytes = Buffer.byteLength(scoredText(view?.alternatives[0] ?? []), 'utf8');
  const bits = { bitsPerByte: values.nll ?? values.nelbo, exactBitsPerByte: values.marginal };
  for (const [name, nats] of Object.entries(bits)) {
    if (nats !== undefined && bytes > 0) values[name] = nats / Math.LN2 / bytes;
  }
  if (Object.keys(values).length === 0) {
    return { kind: 'unscored', code: 'bad-request', reason: 'no quantity in the response' };
  }
  return { kind: 'scored', values, answer: null, gold: question.gold, undecided: false };
}

/** Rounding alone can put a bound below its value. */
function slackOf(answer: AlternativeScore | undefined): { readonly slack?: number } {
  const { nelbo, marginal } = answer?.quantities ?? {};
  return nelbo === undefined || marginal === undefined ? {} : { slack: Math.max(0, nelbo.value - marginal.value) };
}
