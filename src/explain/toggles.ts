/** The differences between `canonical` and `paper`, one toggle each, with what the quirk is. */
import type { Family, Question, Writing } from '../core/question.ts';
import type { Normalisation } from '../core/response.ts';
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
export type ToggleName = (typeof TOGGLES)[number];

export interface Toggle {
  /** Of the register of quirks. */
  readonly quirk: string;
  /** One sentence. */
  readonly about: string;
  /** What the toggle is turned on top of: `paper` where it is no part of the protocol or means nothing without the others. */
  readonly from: 'canonical' | 'paper';
}

export const ABOUT: Readonly<Record<ToggleName, Toggle>> = {
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

/** Toggles of tasks that rank or score given answers, and of tasks that write one. */
export const LIKELIHOOD_TOGGLES = TOGGLES.slice(0, 8);
export const WRITING_TOGGLES = ['bos', 'spacing', ...TOGGLES.slice(8)] as const;

type On = ReadonlySet<ToggleName>;

/** The question of `canonical` with the wording and writing of `paper` as far as toggles are on. */
export function questionWith(canonical: Question, paper: Question, on: On): Question {
  const spaced = on.has('spacing') ? withPaperSpacing(canonical, paper) : firstViews(canonical);
  const worded = on.has('bos') ? withPaperBos(spaced, paper) : spaced;
  if (worded.kind !== 'write' || paper.kind !== 'write') return worded;
  return { ...worded, writing: writingWith(worded.writing, paper.writing, on) };
}

function writingWith(canonical: Writing, paper: Writing, on: On): Writing {
  const { confidenceTemperature: _, ...rest } = canonical;
  const ranking = (on.has('sampler') ? paper : canonical).confidenceTemperature;
  return {
    ...rest,
    ...(on.has('sampling') ? { temperature: paper.temperature } : {}),
    ...(on.has('steps') ? { steps: paper.steps } : {}),
    ...(on.has('sampler') ? { form: paper.form } : {}),
    ...(on.has('oracle-length') ? { length: paper.length, stops: paper.stops } : {}),
    ...(ranking === undefined ? {} : { confidenceTemperature: ranking }),
  };
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
      return writingInapplicable(toggle, isDiffusion, canonical, paper);
  }
}

function writingInapplicable(
  toggle: ToggleName,
  isDiffusion: boolean,
  canonical: Question,
  paper: Question,
): string | null {
  if (canonical.kind !== 'write' || paper.kind !== 'write') return null;
  const [ours, theirs] = [canonical.writing, paper.writing];
  const isGreedy = 'autoregressive models are greedy under both';
  switch (toggle) {
    case 'sampling':
      if (!isDiffusion) return isGreedy;
      return ours.temperature === theirs.temperature ? `the same under both: ${ours.temperature}` : null;
    case 'steps':
      if (!isDiffusion) return 'autoregressive models have no steps';
      return ours.steps === theirs.steps ? 'the same under both: T as set' : null;
    case 'sampler':
      return ours.form === theirs.form ? 'the same under both' : null;
    case 'oracle-length':
      if (ours.length !== theirs.length) return null;
      return ours.length === 'gold'
        ? 'both protocols tell the length (an oracle)'
        : 'neither protocol tells the length';
    default:
      return null;
  }
}
