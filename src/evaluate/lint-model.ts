/** Looks at model, tokenizer and data before numbers are made from them. The checks are in `src/lint`. */
import { kindOf } from '../architectures/index.ts';
import { haveSameValues } from '../checkpoints/formats/tensor-values.ts';
import { getOrInsert } from '../core/collect.ts';
import { HarnessError } from '../core/errors.ts';
import type { ScoringSettings } from '../core/model.ts';
import type { Example, View } from '../core/question.ts';
import { type Check, passed } from '../lint/check.ts';
import { checkEndTokens, checkTiedHead, checkUnknownTokens } from '../lint/checkpoint-checks.ts';
import { checkData } from '../lint/data-checks.ts';
import { checkGoldLabels } from '../lint/gold-labels.ts';
import { probeNet } from '../lint/net-probes.ts';
import { probeShift } from '../lint/shift-probe.ts';
import type { Forward } from '../lm/forward/sequence.ts';
import { evenlyTold } from '../lm/likelihood/checkpoint-denoiser.ts';
import { lowerView } from '../lm/lowering/lower.ts';
import type { Lowered } from '../lm/lowering/lowered.ts';
import { type RunWarning, warning } from '../store/environment.ts';
import type { ModelFiles } from './run-parts.ts';

/** How much is looked at. */
export interface LintDepth {
  /** Items that are cut into tokens, spread over the data. */
  readonly items: number;
  readonly sentences: number;
  readonly sentenceTokens: number;
}

/** Before a run: a few short forwards, however long the run. */
export const FAST: LintDepth = { items: 64, sentences: 4, sentenceTokens: 32 };
export const THOROUGH: LintDepth = { items: 400, sentences: 16, sentenceTokens: 64 };

export type ModelLint = ReturnType<typeof modelLint>;

/** The checks of one model, of which those of its network run once. */
export function modelLint(
  { checkpoint, tokenizer, model }: ModelFiles & { readonly model: { forward(): Promise<Forward> } },
  depth: LintDepth,
) {
  const { vocabularyRows, contextLength } = checkpoint.architecture;
  const { family, maskId, shift, blockLength } = checkpoint.options;
  const net = new Map<number, Promise<readonly Check[]>>();
  /** Many texts are read for a rate, so this is done where all is looked at. */
  const unknownTokens = (examples: readonly Example[]): readonly Check[] =>
    depth === FAST ? [] : [checkUnknownTokens(tokenizer, spread(examples, depth.items), family)];
  /** What ends a text is no matter of questions that are weighed, unless all is looked at. */
  const endChecks = (writes: boolean, { sft }: ScoringSettings): readonly Check[] => {
    if (depth === FAST && (!writes || (sft !== undefined && checkpoint.sft !== null))) return [];
    const textOf = (id: number) => tokenizer.decode([id], { skipSpecialTokens: false });
    return [checkEndTokens({ endIds: checkpoint.endIds, eosId: tokenizer.eosId, vocabularyRows, textOf })];
  };
  const netChecks = ({ openFraction }: ScoringSettings): Promise<readonly Check[]> =>
    getOrInsert(net, openFraction, async () => {
      const forward = evenlyTold(await model.forward(), checkpoint);
      return probeNet({ family, forward, vocabularyRows, contextLength, openFraction, blockLength });
    });
  /** Readings that are another than the model's own are varied on purpose. */
  const shiftChecks = async (examples: readonly Example[], settings: ScoringSettings): Promise<readonly Check[]> => {
    if (maskId === null || settings.shift !== shift || settings.openFraction < 1) return [];
    const lower = (view: View) => lowerView(view, tokenizer, contextLength, settings.sft ?? null);
    const sentences = sentencesOf(spread(examples, depth.sentences), lower, depth.sentenceTokens);
    const forward = evenlyTold(await model.forward(), checkpoint);
    return [await probeShift({ forward, maskId, shift, blockLength, sentences })];
  };
  /** As `checks`, without the labels. */
  const modelChecks = async (examples: readonly Example[], settings: ScoringSettings): Promise<readonly Check[]> => {
    const { protocol, sft = null } = settings;
    const looked = spread(examples, depth.items);
    const writes = examples.some(({ question }) => question.kind === 'write');
    const asked = { family, protocol, tokenizer, vocabularyRows, contextLength, maskId, sft, examples: looked };
    const data = checkData(asked);
    const found = [
      ...checkpoint.notes.map((note) => passed('files', note)),
      ...data,
      ...unknownTokens(examples),
      checkTiedHead(await headFacts(checkpoint)),
      ...endChecks(writes, settings),
    ];
    // Ids that the network has no row for cannot be put to it.
    const isReadable = data.every(({ state }) => state !== 'error');
    if (!isReadable || writes) return found;
    return [...found, ...(await netChecks(settings)), ...(await shiftChecks(examples, settings))];
  };
  return {
    modelChecks,
    /** Everything that can be checked with these items under these settings. Writing models are not loaded for it. */
    async checks(examples: readonly Example[], settings: ScoringSettings): Promise<readonly Check[]> {
      return [...(await modelChecks(examples, settings)), checkGoldLabels(examples)];
    },
  };
}

/** The right answers in their contexts, cut after so many tokens. */
function sentencesOf(examples: readonly Example[], lower: (view: View) => readonly Lowered[], tokens: number) {
  return examples.flatMap(({ question }) => {
    const [view] = question.views.diffusion;
    if (view === undefined) return [];
    try {
      const lowered = lower(view)[question.gold];
      return lowered === undefined ? [] : [lowered.ids.slice(0, tokens)];
    } catch (error) {
      if (error instanceof HarnessError) return []; // the item stays unscored, and the run says so
      throw error;
    }
  });
}

/**
 * Warnings to store with a run.
 *
 * @throws HarnessError on the first check that says that the numbers would be wrong
 */
export function lintWarnings(checks: readonly Check[], model: string): readonly RunWarning[] {
  const fatal = checks.find(({ state }) => state === 'error');
  if (fatal !== undefined) {
    const hint = `${fatal.advice ?? ''}; \`bench doctor ${model}\` has all checks`;
    throw new HarnessError(fatal.code, `${model}: ${fatal.found}${namedItems(fatal)}`, { hint });
  }
  return checks
    .filter(({ state }) => state === 'warning')
    .map((check) => warning('lint', `${check.found}${namedItems(check)}; ${check.advice ?? ''}`, check.ids));
}

export const namedItems = ({ ids }: Check): string => (ids.length === 0 ? '' : ` (such as ${ids.join(', ')})`);

/** Up to `count` of the items, evenly over all. */
export function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)] as Item);
}

async function headFacts({ architecture, saysTied, tensors }: ModelFiles['checkpoint']) {
  if (architecture.tiedHead) return { saysTied: true, isTied: true, isCopy: true };
  const { names } = kindOf(architecture);
  const [head, embedding] = [names.head, names.embedding].map((name) => tensors.get(name));
  const isCopy = saysTied && head !== undefined && embedding !== undefined && (await haveSameValues(head, embedding));
  return { saysTied, isTied: false, isCopy };
}
