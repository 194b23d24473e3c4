/** The verbs that read stored runs and decide. As in verbs.ts, a module is imported only when its verb runs. */

import type { Verb } from '../shell/verb.ts';
import { BLESS_FLAGS, COMPARE_FLAGS, GATE_FLAGS } from './gate-flags.ts';

const compare: Verb = {
  name: 'compare',
  takes: 'A [B]',
  about: 'Compare stored runs item by item: what differs, whether that is shown, and what could have been.',
  flags: COMPARE_FLAGS,
  examples: [
    ['compare results/runs --models gpt2-m,diffugpt-m', 'two models of one folder, on every task of both'],
    ['compare results/runs/A results/runs/B --flips 20', 'two runs, with the first 20 items that only one has right'],
    [
      'compare A B --tasks humaneval-infill --clusters "HumanEval/\\d+" --interval bca',
      'holes of one program share a context',
    ],
    ['compare old new --models m,m --allow-different seed --format csv', 'other seeds, as CSV'],
  ],
  async execute(names, flags, io) {
    const { resolveCompareOptions } = await import('./gate-options.ts');
    const options = resolveCompareOptions(names, flags);
    return (await import('./compare.ts')).run(options, io);
  },
};

const gate: Verb = {
  name: 'gate',
  takes: '',
  about: 'Judge a candidate against a baseline: pass (exit code 0), regression (3) or inconclusive (4).',
  flags: GATE_FLAGS,
  exits: { regression: 'regression', inconclusive: 'inconclusive' },
  examples: [
    ['gate --baseline results/baselines/main.json --candidate results/runs', 'against a committed baseline'],
    ['gate --baseline RUN --candidate RUN --junit gate.xml --markdown gate.md', 'two runs, with files for CI'],
  ],
  async execute(_names, flags, io) {
    const { resolveGateOptions } = await import('./gate-options.ts');
    const options = resolveGateOptions(flags, process.env);
    return (await import('./gate.ts')).run(options, io);
  },
};

const bless: Verb = {
  name: 'bless',
  takes: 'RUN',
  about: 'Make finished runs the baseline of later gates: one file for git.',
  flags: BLESS_FLAGS,
  examples: [
    ['bless results/runs/gpt2-m-piqa-canonical-4074d135777e', 'one run'],
    ['bless results/runs --models gpt2-m --name main', 'every task of a model, as results/baselines/main.json'],
  ],
  async execute(names, flags, io) {
    const { resolveBlessOptions } = await import('./gate-options.ts');
    const options = resolveBlessOptions(names[0] ?? '', flags);
    return (await import('./bless.ts')).run(options, io);
  },
};

/** In the order in which help lists them. */
export const GATE_VERBS: readonly Verb[] = [compare, gate, bless];
