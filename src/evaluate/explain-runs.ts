/** What each difference between `canonical` and `paper` moves on the same items. Stores nothing. */
import { orNull } from '../core/errors.ts';
import type { Example, Family, Question } from '../core/question.ts';
import type { Normalisation } from '../core/response.ts';
import type { TaskPlugin } from '../core/task.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import {
  ABOUT,
  inapplicable,
  LIKELIHOOD_TOGGLES,
  questionWith,
  SAVINGS,
  type ToggleName,
  WRITING_TOGGLES,
} from '../explain/toggles.ts';
import { openLanguageModel } from '../lm/language-model.ts';
import { BeyondReach } from '../lm/likelihood/mixed/answer-mixed.ts';
import { lowerView } from '../lm/lowering/lower.ts';
import {
  type ExplainDocument,
  type ExplainedToggle,
  type Explanation,
  notExplained,
  sumOfSingles,
  toExplained,
} from '../report/view/explain.ts';
import { examplesOf, templateOf } from '../runner/plan.ts';
import { findClusters } from '../store/cluster-names.ts';
import { prepareRuns } from './execute-runs.ts';
import {
  type ExplainedTask,
  likelihoodVariants,
  type QuestionPair,
  type VariantParts,
  type Variants,
  writingVariants,
} from './explain-variants.ts';
import { leakedSteps } from './leaked-steps.ts';
import { type Observer, SILENT } from './observer.ts';
import type { RunOptions } from './options.ts';
import { precisionFor } from './precision/mixed-precision.ts';
import type { TaskRows } from './run-parts.ts';
import { readingOf, requireRowFor } from './run-settings.ts';

/** Items of each task where the options do not say. */
const FEW = 100;

/** An abort leaves out what has not begun. */
export async function explainRuns(options: RunOptions, observer: Observer = SILENT): Promise<ExplainDocument> {
  const limited = { ...options, limit: options.limit ?? FEW };
  const { models, tasks, engine, cheap = null, judge } = await prepareRuns(limited, observer);
  const { signal } = observer;
  const explanations: Explanation[] = [];
  for (const { checkpoint, tokenizer } of models) {
    // Where LAMBADA is not here, the other toggles are still explained.
    const leak = await leakedSteps({ checkpoint, tokenizer }, options).catch(orNull('missing-dataset'));
    const opened = { checkpoint, tokenizer, leakedSteps: leak };
    const cheaper = cheap === null ? {} : { cheapEngine: cheap };
    const model = await openLanguageModel({ checkpoint, tokenizer, engine, ...cheaper, signal });
    try {
      for (const asked of tasks) {
        if (signal.aborted) break;
        const inputs = { asked, opened, model, reading: readingOf(checkpoint, options), cheap, out: options.out };
        const mixed = await precisionFor(inputs, limited, observer);
        explanations.push(await explainTask({ ...asked, opened, model, judge, mixed }, limited, observer));
      }
    } finally {
      await model.dispose();
    }
  }
  return { format: 'bench-explain/1', explanations };
}

/** @throws HarnessError 'not-supported' where the task lacks one of the protocols */
async function explainTask(asked: ExplainedTask, options: RunOptions, observer: Observer): Promise<Explanation> {
  const { task, model } = asked;
  const { family } = model.identity;
  const asPublished = questionPairs(asked, options);
  const { items: pairs, from } = await findClusters(task.name, asPublished, {
    choice: options.clusters,
    standAlone: task.cluster === undefined,
  });
  const [first] = pairs;
  const isWritten = first?.canonical.kind === 'write';
  const toggles: readonly (keyof typeof ABOUT)[] = isWritten ? WRITING_TOGGLES : LIKELIHOOD_TOGGLES;
  const parts: VariantParts = { ...asked, pairs, headlines: headlinesOf(task, family, first?.canonical), options };
  const reasons = new Map(toggles.map((toggle) => [toggle, reasonOf(toggle, parts)]));
  const singles = toggles.filter((toggle) => reasons.get(toggle) === null);
  const fromCanonical = singles.filter((toggle) => ABOUT[toggle].from === 'canonical');
  const progress = observer.started({ label: `${task.name}, ${model.identity.name}`, total: pairs.length, resumed: 0 });
  try {
    const variants = (isWritten ? writingVariants : likelihoodVariants)(parts, (share) =>
      progress.update(Math.floor(share * pairs.length)),
    );
    const explained = await explainEach(toggles, reasons, fromCanonical, variants);
    const isRaced = options.passes === 'auto' && family === 'diffusion' && first?.canonical.kind === 'choose';
    if (isRaced) explained.push(await compared({ toggle: 'racing', ...SAVINGS.racing }, [], ['racing'], variants));
    if (options.precision === 'mixed') explained.push(await ofPrecision(asked, isRaced ? ['racing'] : [], variants));
    const all = await compared(EVERYTHING, [], fromCanonical, variants);
    const isDiffusion = family === 'diffusion';
    return {
      model: model.identity.name,
      family,
      task: task.name,
      metric: variants.metric(),
      items: pairs.length,
      clusters: from,
      steps: isDiffusion ? Math.max(...options.steps) : null,
      seed: isDiffusion ? options.seed : null,
      leakedSteps: explained.some(({ toggle, reason }) => toggle === 'leaked-steps' && reason === null)
        ? asked.opened.leakedSteps
        : null,
      toggles: explained,
      all,
      sumOfSingles: sumOfSingles(explained.filter(({ toggle }) => fromCanonical.some((each) => each === toggle))),
    };
  } finally {
    progress.stop();
  }
}

const EVERYTHING = {
  toggle: 'all of canonical',
  quirk: '–',
  about: 'Every toggle that starts from canonical at once.',
  from: 'canonical',
} as const;

/** Toggles on top of `paper` build on each other in their order: the masks are drawn before T leaks into them. */
async function explainEach(
  toggles: readonly (keyof typeof ABOUT)[],
  reasons: ReadonlyMap<ToggleName, string | null>,
  fromCanonical: readonly ToggleName[],
  variants: Variants,
): Promise<ExplainedToggle[]> {
  const explained: ExplainedToggle[] = [];
  let paper = fromCanonical;
  for (const toggle of toggles) {
    const about = { toggle, ...ABOUT[toggle] };
    const reason = reasons.get(toggle) ?? null;
    if (toggle === 'oracle-length' && reason !== null && variants.canLoseOracle) {
      explained.push(await compared(about, ['no-oracle'], [], variants));
      continue;
    }
    if (reason !== null) {
      explained.push(notExplained(about, reason));
      continue;
    }
    const off = about.from === 'canonical' ? [] : paper;
    explained.push(await compared(about, off, [...off, toggle], variants));
    if (about.from === 'paper') paper = [...paper, toggle];
  }
  return explained;
}

/** On top of the race, where there is one. */
async function ofPrecision(
  { mixed }: ExplainedTask,
  off: readonly ToggleName[],
  variants: Variants,
): Promise<ExplainedToggle> {
  const about = { toggle: 'precision', ...SAVINGS.precision } as const;
  if (mixed === null) return notExplained(about, 'all is computed in float32');
  try {
    return await compared(about, off, [...off, 'precision'], variants);
  } catch (error) {
    if (error instanceof BeyondReach) return notExplained(about, error.message);
    throw error;
  }
}

/** What the toggles `on` change of those that are `off`. */
async function compared(
  about: Parameters<typeof toExplained>[0],
  off: readonly ToggleName[],
  on: readonly ToggleName[],
  variants: Variants,
): Promise<ExplainedToggle> {
  const [before, after] = [await variants.outcomes(off), await variants.outcomes(on)];
  return toExplained(about, before, after, variants.metric());
}

function questionPairs({ task, loaded, chosen = null }: TaskRows, { limit }: RunOptions): readonly QuestionPair[] {
  const ask = (protocol: 'canonical' | 'paper'): readonly Example[] =>
    examplesOf(task, protocol, loaded.rows, limit, null, chosen);
  const published = ask('paper');
  return ask('canonical').map(({ question, ...item }, i) => ({
    ...item,
    canonical: question,
    paper: (published[i] as Example).question,
  }));
}

/** A single answer has no ranking; its score is shown a token. */
function headlinesOf(task: TaskPlugin, family: Family, question: Question | undefined) {
  const of = (protocol: 'canonical' | 'paper'): Normalisation => templateOf(task, protocol).headline[family];
  if (question?.kind === 'fill') return { canonical: 'mean', paper: 'mean' } as const;
  return { canonical: of('canonical'), paper: of('paper') };
}

/** Why a toggle is left out; null where it may move something. */
function reasonOf(toggle: ToggleName, parts: VariantParts): string | null {
  const { pairs, headlines, model, opened } = parts;
  const [first] = pairs;
  if (first === undefined) return 'no items';
  const reason = inapplicable(toggle, model.identity.family, first.canonical, first.paper, headlines);
  if (reason !== null) return reason;
  if (toggle === 'leaked-steps') {
    return opened.leakedSteps === null ? 'LAMBADA is not here to say how many tokens its last word has' : null;
  }
  if (toggle === 'bos' && !opened.tokenizer.addsBos) return 'the tokenizer adds no BOS';
  if (toggle !== 'bos' && toggle !== 'spacing') return null;
  return pairs.every((pair) => isSameInTokens(toggle, pair, parts)) ? 'the same tokens under both' : null;
}

/** With the toggle, and beside every other difference of wording too. */
function isSameInTokens(toggle: 'bos' | 'spacing', pair: QuestionPair, { model, opened }: VariantParts): boolean {
  const { family, contextLength } = model.identity;
  const tokens = (on: readonly ToggleName[]): string => {
    const question = questionWith(family, pair.canonical, pair.paper, new Set(on));
    const row = requireRowFor(question, opened);
    try {
      const lowered = question.views[family].flatMap((view) => lowerView(view, opened.tokenizer, contextLength, row));
      return canonicalJson(lowered.map(({ ids, scored }) => [[...ids], scored]));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  const other = toggle === 'bos' ? 'spacing' : 'bos';
  return tokens([]) === tokens([toggle]) && tokens([other]) === tokens([other, toggle]);
}
