/** The differences between `canonical` and `paper`, one toggle each, with what the quirk is. */

import type { Family, Question, WriteQuestion, Writing } from '../core/question.ts';
import type { Normalisation } from '../core/response.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import type { RankingRule } from './ranking-rule.ts';
import { firstViews, withPaperBos, withPaperSpacing } from './wording.ts';

export const TOGGLES = [
  'bos',
  'spacing',
  'normalisation',
  'weighting',
  'empty-steps',
  'drawn-masks',
  'leaked-steps',
  'bfloat16',
  'sampling',
  'steps',
  'sampler',
  'oracle-length',
] as const;
/**
 * No differences of the protocols: `no-oracle` takes away what both give, to show what that is worth; savings ask for the same with less work.
 */
export type ToggleName = (typeof TOGGLES)[number] | 'no-oracle' | keyof typeof SAVINGS;

export interface Toggle {
  /** Of the register of quirks. */
  readonly quirk: string;
  /** One sentence. */
  readonly about: string;
  /** What the toggle is turned on top of: `paper` where it is no part of the protocol or means nothing without the others. */
  readonly from: 'canonical' | 'paper';
}

export const ABOUT: Readonly<Record<(typeof TOGGLES)[number], Toggle>> = {
  bos: {
    quirk: 'Q10, Q11',
    about: 'BOS stands where the published scripts put it: nowhere, or also inside, masked and scored with the answer.',
    from: 'canonical',
  },
  spacing: {
    quirk: 'Q13',
    about: 'Context and answer are cut into tokens by themselves and glued, with blanks missing or doubled.',
    from: 'canonical',
  },
  normalisation: {
    quirk: 'Q12',
    about: 'Answers are ranked by the mean a token or by the sum, whichever the published scripts take for this task.',
    from: 'canonical',
  },
  weighting: {
    quirk: 'Q1',
    about: 'The plain mean of the masked tokens over steps ranks the answers, not the bound with its weights 1/t.',
    from: 'canonical',
  },
  'empty-steps': {
    quirk: 'Q2',
    about: 'A step that masks no token counts as 0 in the mean, which makes short answers look better.',
    from: 'canonical',
  },
  'drawn-masks': {
    quirk: 'Q3',
    about: 'One mask is drawn a step, afresh for every answer, in place of the expected value.',
    from: 'paper',
  },
  'leaked-steps': {
    quirk: 'Q6',
    about: "The steps of LAMBADA's last word stay set for every later task (--emulate-leak).",
    from: 'paper',
  },
  bfloat16: {
    quirk: 'Q14',
    about:
      'Log-probabilities, their sum and their mean are rounded to bfloat16 before the best is taken, so ties are common.',
    from: 'paper',
  },
  sampling: { quirk: 'Q8', about: 'Tokens are drawn at a temperature, not the most likely ones.', from: 'canonical' },
  steps: { quirk: '–', about: 'As many denoising steps as the text has tokens, whatever T says.', from: 'canonical' },
  sampler: {
    quirk: 'Q21, Q17, Q18, Q24',
    about:
      'The published sampler, in which revealed tokens still take slots, and its decoding of the new tokens alone.',
    from: 'canonical',
  },
  'oracle-length': {
    quirk: 'Q15',
    about: 'The model is told how many tokens the reference has.',
    from: 'canonical',
  },
};

/** What saves work where it is asked for: shown beside the differences, and no part of their sum. */
export const SAVINGS = {
  racing: {
    quirk: '–',
    about: 'Answers race until one is settled to lead (--passes auto), and are not all asked with 32 passes.',
    from: 'canonical',
  },
  precision: {
    quirk: '–',
    about: 'Most passes are computed in int8 (--precision mixed), of a race those of the race.',
    from: 'canonical',
  },
} as const satisfies Readonly<Record<string, Toggle>>;

/** Toggles of tasks that rank or score given answers, and of tasks that write one. */
export const LIKELIHOOD_TOGGLES = TOGGLES.slice(0, 8);
export const WRITING_TOGGLES = ['bos', 'spacing', ...TOGGLES.slice(8)] as const;

type On = ReadonlySet<ToggleName>;

/**
 * The question of `canonical` with the wording and writing of `paper` as far as toggles are on, and the family's first view
 * alone. With `no-oracle`, the first view of `canonical` that does not tell the length instead.
 */
export function questionWith(family: Family, canonical: Question, paper: Question, on: On): Question {
  const asked = on.has('no-oracle') ? (withoutOracle(family, canonical) ?? canonical) : canonical;
  const spaced = on.has('spacing') ? withPaperSpacing(asked, paper) : firstViews(asked);
  const worded = on.has('bos') ? withPaperBos(spaced, paper) : spaced;
  if (worded.kind !== 'write' || asked.kind !== 'write' || paper.kind !== 'write') return worded;
  return { ...worded, writing: writingWith(askedWriting(family, asked), askedWriting(family, paper), on) };
}

/** As the first view of the family is written. */
export function askedWriting(family: Family, question: WriteQuestion): Writing {
  return { ...question.writing, ...question.views[family][0]?.writing };
}

/** The question with its first view whose length is no oracle; null where there is none. */
function withoutOracle(family: Family, question: Question): Question | null {
  if (question.kind !== 'write') return null;
  const free = question.views[family].find((view) => !isOracle({ ...question.writing, ...view.writing }));
  return free === undefined ? null : { ...question, views: { ...question.views, [family]: [free] } };
}

const isOracle = ({ length }: Writing): boolean => String(length).startsWith('gold');

/** Which toggle a member belongs to; the others belong to `sampler`. */
const TOGGLE_OF: Readonly<Partial<Record<keyof Writing, ToggleName>>> = {
  temperature: 'sampling',
  steps: 'steps',
  length: 'oracle-length',
  stops: 'oracle-length',
};

function writingWith(canonical: Writing, paper: Writing, on: On): Writing {
  const keys = [...new Set([...Object.keys(canonical), ...Object.keys(paper)])] as (keyof Writing)[];
  const members = keys.flatMap((key) => {
    const from = on.has(TOGGLE_OF[key] ?? 'sampler') ? paper : canonical;
    return from[key] === undefined ? [] : [[key, from[key]] as const];
  });
  return Object.fromEntries(members) as unknown as Writing;
}

/** The members that a toggle takes from the other protocol are the same in both. */
function isSameWriting(toggle: ToggleName, canonical: Writing, paper: Writing): boolean {
  return canonicalJson(writingWith(canonical, paper, new Set([toggle]))) === canonicalJson(canonical);
}

/** How answers are ranked with toggles on. `headlines`: normalisations of the family under both protocols. */
export function ruleWith(
  family: Family,
  headlines: { readonly canonical: Normalisation; readonly paper: Normalisation },
  steps: number,
  on: On,
): RankingRule {
  const isDiffusion = family === 'diffusion';
  // The published diffusion score is a mean over masked tokens, whatever is done to it afterwards.
  const published = isDiffusion ? 'mean' : headlines.paper;
  const chosen = on.has('normalisation') ? published : headlines.canonical;
  return {
    weights: on.has('weighting') ? 'unweighted' : 'nelbo',
    per: chosen === 'sum' ? 'answer' : 'token',
    emptyStepsCount: on.has('empty-steps'),
    steps,
    bfloat16: on.has('bfloat16'),
  };
}

/** Why a toggle changes nothing of this question, whatever the tokens; null where it may. */
export function inapplicable(
  toggle: ToggleName,
  family: Family,
  canonical: Question,
  paper: Question,
  headlines: { readonly canonical: Normalisation; readonly paper: Normalisation },
): string | null {
  const isDiffusion = family === 'diffusion';
  switch (toggle) {
    case 'normalisation':
      if (canonical.kind !== 'choose') return 'one answer, nothing is ranked';
      return ruleWith(family, headlines, 1, new Set()).per === ruleWith(family, headlines, 1, new Set([toggle])).per
        ? `the same under both: ${headlines.canonical}`
        : null;
    case 'weighting':
    case 'empty-steps':
    case 'drawn-masks':
      return isDiffusion ? null : 'autoregressive models mask nothing';
    case 'leaked-steps':
      if (!isDiffusion) return 'autoregressive models have no steps';
      return canonical.kind === 'choose' ? null : 'LAMBADA itself takes one step a token of each word';
    case 'bfloat16':
      return isDiffusion ? 'published for autoregressive models only' : null;
    default:
      return canonical.kind === 'write' && paper.kind === 'write'
        ? writingInapplicable(toggle, family, canonical, paper)
        : null;
  }
}

function writingInapplicable(
  toggle: ToggleName,
  family: Family,
  canonical: WriteQuestion,
  paper: WriteQuestion,
): string | null {
  if (family === 'autoregressive' && toggle === 'sampling') return 'autoregressive models are greedy under both';
  if (family === 'autoregressive' && toggle === 'steps') return 'autoregressive models have no steps';
  if (toggle === 'bos' || toggle === 'spacing') return null;
  const [ours, theirs] = [askedWriting(family, canonical), askedWriting(family, paper)];
  if (!isSameWriting(toggle, ours, theirs)) return null;
  if (toggle !== 'oracle-length') return 'the same under both';
  if (!isOracle(ours)) return 'neither protocol tells the length';
  return 'both protocols tell the length (an oracle), and the task has no view without';
}

/** Both protocols tell the length of the text, and the task can be asked without. */
export function canLoseOracle(family: Family, canonical: Question, paper: Question): boolean {
  if (canonical.kind !== 'write' || paper.kind !== 'write') return false;
  const both = [askedWriting(family, canonical), askedWriting(family, paper)];
  return both.every(isOracle) && withoutOracle(family, canonical) !== null;
}
