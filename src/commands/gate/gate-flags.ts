/** The flags of the verbs that read stored runs and decide: compare, gate, bless. */

import { type Flags, JSON_SWITCH } from '../shell/flags.ts';
import { COMPARE_DEFAULTS } from './compare-defaults.ts';

export const COMPARE_FLAGS: Flags = {
  models: { kind: 'list', about: 'two models, reference and candidate, when a folder holds several' },
  tasks: { kind: 'list', about: 'task names, separated by commas', standard: 'every common task' },
  metrics: {
    kind: 'list',
    about: 'metric names, also goldNats and goldMargin',
    standard: 'the headline and what goes with it',
  },
  test: {
    kind: 'text',
    about: 'auto, mcnemar, mcnemar-mid-p, permutation or t',
    standard: 'McNemar for 0/1 values, else permuted signs or t',
  },
  interval: {
    kind: 'text',
    about:
      't, percentile or bca: 95 % interval of the difference (percentile, bca: 10,000 resamples, seconds for large tasks)',
    standard: 'Tango for 0/1 values, else t',
  },
  clusters: {
    kind: 'text',
    about: 'regular expression; items whose ids agree in what it finds share a context, such as "HumanEval/\\d+"',
    standard: 'items are independent',
  },
  alpha: { kind: 'text', about: 'chance of any false alarm over the tasks', standard: String(COMPARE_DEFAULTS.alpha) },
  power: { kind: 'text', about: 'power of the detectable difference', standard: String(COMPARE_DEFAULTS.power) },
  margin: {
    kind: 'text',
    about: 'difference that matters: a share for accuracies, of other metrics a share of the reference',
    standard: String(COMPARE_DEFAULTS.margin),
  },
  'allow-different': {
    kind: 'list',
    about: 'what may differ besides the model: version, data, protocol, settings, seed, steps, passes, shift …',
    standard: 'nothing',
  },
  flips: { kind: 'text', about: 'list the first N items that are right in one run only', standard: '0' },
  format: { kind: 'text', about: 'md or csv instead of the table' },
  json: JSON_SWITCH,
};

export const GATE_FLAGS: Flags = {
  baseline: { kind: 'text', about: 'baseline file, run folder or folder of runs (required)' },
  candidate: { kind: 'text', about: 'run folder or folder of runs to judge (required)' },
  config: {
    kind: 'text',
    about: 'file with the rules',
    standard: 'bench.config.ts or bench.config.json, if there is one',
  },
  'baseline-model': { kind: 'text', about: 'model of the baseline, when it has several' },
  'candidate-model': { kind: 'text', about: 'model of the candidate, when it has several' },
  markdown: { kind: 'text', about: 'file for the verdict in Markdown' },
  junit: { kind: 'text', about: 'file for the verdict in JUnit XML' },
  json: JSON_SWITCH,
};

export const BLESS_FLAGS: Flags = {
  name: { kind: 'text', about: 'name of the baseline', standard: 'MODEL-TASK-PROTOCOL of a single run' },
  models: { kind: 'list', about: 'models to keep', standard: 'all of the folder' },
  tasks: { kind: 'list', about: 'tasks to keep', standard: 'all of the folder' },
  out: { kind: 'text', about: 'folder for baselines', standard: 'results/baselines' },
  json: JSON_SWITCH,
};
