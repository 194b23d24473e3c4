/** What a model makes of the same items under any set of toggles: passes run once for each wording. */
import { getOrInsert } from '../core/collect.ts';
import type { LanguageModel, PrecisionSettings, ScoringSettings } from '../core/model.ts';
import type { ProgramJudge } from '../core/program.ts';
import type { Example, Question } from '../core/question.ts';
import type { AlternativeScore, Normalisation, Response } from '../core/response.ts';
import type { ScoreContext } from '../core/score.ts';
import { choiceOf, costOf } from '../explain/ranking-rule.ts';
import { canLoseOracle, questionWith, ruleWith, type ToggleName } from '../explain/toggles.ts';
import { headlineMetric } from '../metrics/headline-metric.ts';
import { judgedTexts, type ScoredItem } from '../metrics/judged-texts.ts';
import type { ItemOutcome } from '../report/view/explain.ts';
import { scoreItem } from '../runner/ask-unit.ts';
import type { RunOptions } from './options.ts';
import type { TaskRows } from './run-parts.ts';
import { type OpenedModel, type Reading, settingsOf, unitSize } from './run-settings.ts';

/** One task put to one model. */
export interface ExplainedTask extends TaskRows {
  readonly opened: OpenedModel;
  readonly model: LanguageModel;
  /** null when no task runs programs. */
  readonly judge: ProgramJudge | null;
  /** What two precisions are computed with; null: they are not. */
  readonly mixed: PrecisionSettings | null;
}

/** One item as both protocols ask it. */
export interface QuestionPair extends Omit<Example, 'question'> {
  readonly canonical: Question;
  readonly paper: Question;
}

export interface VariantParts extends ExplainedTask {
  readonly pairs: readonly QuestionPair[];
  readonly headlines: { readonly canonical: Normalisation; readonly paper: Normalisation };
  readonly options: RunOptions;
}

export interface Variants {
  /** Both protocols tell the length of what is written; `no-oracle` takes that away. */
  readonly canLoseOracle: boolean;
  /** Name of what the values of outcomes are; of written texts known once there are any. */
  metric(): string;
  /** One outcome for each item that could be scored with these toggles on. */
  outcomes(on: readonly ToggleName[]): Promise<readonly ItemOutcome[]>;
}

/** Told the share of the wording under way that is done. */
type OnShare = (share: number) => void;

/** Who is first under the one ranking of a race; null where the question was not answered. */
function winnerOf(response: Response): number | null {
  const view = response.kind === 'answered' ? Object.values(response.views)[0] : undefined;
  return Object.values(view?.rankings ?? {})[0]?.best ?? null;
}

/** Given answers: rankings of every kind come from one set of passes a wording. */
export function likelihoodVariants(parts: VariantParts, onShare: OnShare): Variants {
  const { model, options, headlines, opened } = parts;
  const { family } = model.identity;
  const runs = new Map<string, Promise<readonly Response[]>>();
  const answered = (on: ReadonlySet<ToggleName>, steps: number): Promise<readonly Response[]> => {
    const isDrawn = on.has('drawn-masks');
    const key = [on.has('bos'), on.has('spacing'), isDrawn, on.has('racing'), on.has('precision'), steps].join();
    const race = on.has('racing') ? { headline: headlines.canonical } : {};
    const changes = { protocol: isDrawn ? ('paper' as const) : ('canonical' as const), steps: [steps], ...race };
    return getOrInsert(runs, key, () => ask(parts, on, changes, onShare));
  };
  return {
    canLoseOracle: false,
    metric: () => (parts.pairs[0]?.canonical.kind === 'fill' ? 'nats' : 'acc'),
    async outcomes(toggles) {
      const on = new Set(toggles);
      const T = Math.max(...options.steps);
      const steps = on.has('leaked-steps') ? (opened.leakedSteps ?? T) : T;
      const rule = ruleWith(family, headlines, steps, on);
      const responses = await answered(on, steps);
      return parts.pairs.flatMap(({ id, cluster, canonical }, i): ItemOutcome[] => {
        const scores = firstViewOf(responses[i] as Response);
        const costs = scores.map((score) => costOf(score, rule));
        const choice = on.has('racing') ? winnerOf(responses[i] as Response) : choiceOf(costs);
        if (choice === null || scores.length === 0) return [];
        if (canonical.kind === 'fill') return [{ id, cluster, value: costs[0] as number, prediction: null }];
        return [{ id, cluster, value: Number(choice === canonical.gold), prediction: String(choice) }];
      });
    },
  };
}

/** Written answers: every set of toggles is a text of its own. */
export function writingVariants(parts: VariantParts, onShare: OnShare): Variants {
  const { model, task, options, headlines } = parts;
  const { family } = model.identity;
  const runs = new Map<string, Promise<readonly ItemOutcome[]>>();
  const judged = parts.judge === null ? {} : { judge: parts.judge };
  let metric = task.metric ?? null;
  const write = async (on: ReadonlySet<ToggleName>): Promise<readonly ItemOutcome[]> => {
    const steps = [Math.max(...options.steps)];
    const responses = await ask(parts, on, { protocol: 'canonical', steps }, onShare);
    const texts = { steps: family === 'diffusion' ? steps : [], draws: textsEach(responses, steps) };
    const headline = headlines.canonical;
    const context: ScoreContext = { family, protocol: 'canonical', headline, texts, ...judged };
    const scored: ScoredText[] = [];
    for (const [i, example] of examplesWith(parts, on).entries()) {
      const response = responses[i] as Response;
      const { score } = await scoreItem(task, context, example, response);
      if (score.kind === 'scored')
        scored.push({ ...example, values: score.values, text: writtenIn({ score, response }) });
    }
    const names = new Set(scored.flatMap(({ values }) => Object.keys(values)));
    metric = headlineMetric([...names], metric) ?? metric;
    return scored.flatMap(({ id, cluster, values, text }): ItemOutcome[] => {
      const value = metric === null ? undefined : values[metric];
      return value === undefined ? [] : [{ id, cluster, value, prediction: text }];
    });
  };
  const [first] = parts.pairs;
  return {
    metric: () => metric ?? 'acc',
    canLoseOracle: first !== undefined && canLoseOracle(family, first.canonical, first.paper),
    outcomes(toggles) {
      const key = [...toggles].sort().join();
      return getOrInsert(runs, key, () => write(new Set(toggles)));
    },
  };
}

interface ScoredText extends Pick<Example, 'id' | 'cluster'> {
  readonly values: Readonly<Record<string, number>>;
  readonly text: string;
}

/** Texts for each question and T. */
function textsEach(responses: readonly Response[], steps: readonly number[]): number {
  const written = responses.find((response) => response.kind === 'written');
  return (Object.values(written?.views ?? {})[0]?.length ?? 1) / steps.length;
}

/** All that was written; nothing where the question was not answered. */
const writtenIn = (item: ScoredItem): string =>
  judgedTexts(item)
    .map(({ text }) => text)
    .join('\n');

function examplesWith({ pairs, model }: VariantParts, on: ReadonlySet<ToggleName>): readonly Example[] {
  const { family } = model.identity;
  return pairs.map(({ canonical, paper, ...item }) => ({
    ...item,
    question: questionWith(family, canonical, paper, on),
  }));
}

async function ask(
  parts: VariantParts,
  on: ReadonlySet<ToggleName>,
  changes: Pick<ScoringSettings, 'protocol' | 'steps'> & { readonly headline?: Normalisation },
  onShare: OnShare,
): Promise<readonly Response[]> {
  const { model, task, options, opened } = parts;
  const examples = examplesWith(parts, on);
  const reading: Reading = { openFraction: options.attention, shift: opened.checkpoint.options.shift };
  const question = examples[0]?.question;
  const settings = {
    ...settingsOf(opened, reading, question, { ...options, ...changes }),
    ...(on.has('precision') && parts.mixed !== null ? { precision: parts.mixed } : {}),
  };
  const size = unitSize(model.identity, settings, task);
  const responses: Response[] = [];
  for (let from = 0; from < examples.length; from += size) {
    const asks = examples
      .slice(from, from + size)
      .map((example) => ({ key: `${task.name}/${example.id}`, question: example.question }));
    responses.push(...(await model.answer(asks, settings)));
    onShare(responses.length / examples.length);
  }
  return responses;
}

function firstViewOf(response: Response): readonly AlternativeScore[] {
  return response.kind === 'answered' ? (Object.values(response.views)[0]?.alternatives ?? []) : [];
}
