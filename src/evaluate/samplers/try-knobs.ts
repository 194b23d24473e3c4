/** Which options of samplers and scores change nothing: some items are answered with each of two values of each. */
import { getOrInsert } from '../../core/collect.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Ask, LanguageModel, ScoringSettings } from '../../core/model.ts';
import type { Example } from '../../core/question.ts';
import type { Response } from '../../core/response.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import type { ModelFiles } from '../run-parts.ts';
import { settingsOf } from '../run-settings.ts';
import type { Knob, Setup } from './knobs.ts';

/** Items that are asked, at most. */
export const KNOB_ITEMS = 8;

export interface TriedKnob extends Pick<Knob, 'name' | 'values'> {
  /**
   * `changed`: other answers; `nothing`: the same answers to all items; `no-part`: both values are one run, as the option has no say
   * in it; `refused`: the second value does not go with the rest.
   */
  readonly found: 'changed' | 'nothing' | 'no-part' | 'refused';
}

export interface KnobParts {
  readonly task: string;
  readonly files: ModelFiles;
  readonly model: LanguageModel;
  /** The first `KNOB_ITEMS` of them are asked. */
  readonly examples: readonly Example[];
}

/** Answers are asked for once for each setting. @throws HarnessError what the model throws, 'interrupted' too */
export async function tryKnobs(parts: KnobParts, knobs: readonly Knob[]): Promise<readonly TriedKnob[]> {
  const known = new Map<string, Promise<string>>();
  const answered = (settings: ScoringSettings): Promise<string> =>
    getOrInsert(known, canonicalJson(settings), () => answersOf(parts, settings));
  const tried: TriedKnob[] = [];
  for (const { name, values, setups } of knobs) {
    const [one, other] = setups.map((setup) => settingsOrNull(parts, setup));
    const found = one == null || other == null ? 'refused' : await compared(one, other, answered);
    tried.push({ name, values, found });
  }
  return tried;
}

async function compared(
  one: ScoringSettings,
  other: ScoringSettings,
  answered: (settings: ScoringSettings) => Promise<string>,
): Promise<TriedKnob['found']> {
  if (canonicalJson(one) === canonicalJson(other)) return 'no-part';
  return (await answered(one)) === (await answered(other)) ? 'nothing' : 'changed';
}

/** null where what is asked for does not go together. */
function settingsOrNull({ files, examples }: KnobParts, { reading, options }: Setup): ScoringSettings | null {
  try {
    return settingsOf(files, reading, examples[0]?.question, options);
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'bad-arguments') return null;
    throw error;
  }
}

/** All that was answered, the same text for the same. */
async function answersOf({ task, model, examples }: KnobParts, settings: ScoringSettings): Promise<string> {
  const asks = examples.slice(0, KNOB_ITEMS).map(({ id, question }): Ask => ({ key: `${task}/${id}`, question }));
  return canonicalJson((await model.answer(asks, settings)).map(contentOf));
}

/** What was written or chosen and the values of it, without what it cost; T stands in names of values. */
function contentOf(response: Response): unknown {
  if (response.kind === 'unanswered') return response;
  if (response.kind === 'written') {
    return Object.entries(response.views).map(([view, texts]) => [view, texts.map(({ text }) => text)]);
  }
  return Object.entries(response.views).map(([view, { alternatives, rankings }]) => [
    view,
    alternatives.map(({ quantities }) => named(quantities, ({ value }) => value)),
    named(rankings, ({ best }) => best),
  ]);
}

const named = <Value>(values: Readonly<Partial<Record<string, Value>>>, of: (value: Value) => number) =>
  Object.entries(values).map(([name, value]) => [name.replace(/@\d+/, '@T'), value === undefined ? null : of(value)]);
