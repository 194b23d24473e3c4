/**
 * Every verb of the command line: what help shows, and which module answers it. Modules are imported only when their
 * verb runs, so that help and mistakes answer at once.
 */

import { doctor, replay } from './check/checking-verbs.ts';
import { data, list, models } from './data/data-verbs.ts';
import { GATE_VERBS } from './gate/gate-verbs.ts';
import {
  ABLATE_FLAGS,
  JSON_SWITCH,
  REPORT_FLAGS,
  RESCORE_FLAGS,
  RUN_VERB_FLAGS,
  SCORE_FLAGS,
  SWEEP_FLAGS,
} from './shell/flags.ts';
import { isOn, text, type Verb } from './shell/verb.ts';
import { adapt, finetune, train } from './train/training-verbs.ts';

const run: Verb = {
  name: 'run',
  takes: '',
  about: 'Score models on tasks, side by side. Repeat the command to resume.',
  flags: RUN_VERB_FLAGS,
  examples: [
    ['run --models tiny-gpt2,tiny-diffugpt', 'the two built-in checkpoints on the tasks they were made for'],
    ['run --models gpt2-m,diffugpt-m --tasks piqa,hellaswag --limit 200', 'first 200 items of two tasks'],
    ['run --models ./my-diffusion --family diffusion --mask-id 50257 --shift on', 'a checkpoint of your own'],
    ['run --models diffugpt-m --tasks piqa --steps 1,2,4,8,16,32', 'the whole T curve from the same passes'],
    ['run --models diffugpt-m --tasks piqa --protocol paper', 'the procedure of the published scripts, seeded'],
    ['run --models diffugpt-m --tasks piqa --limit 100 --explain', 'what each published quirk moves, one at a time'],
    ['run --config run.json --json > result.json', 'settings from a file, result as JSON'],
  ],
  async execute(_names, flags, io) {
    const { resolveRunOptions } = await import('./run/run-schema.ts');
    const options = await resolveRunOptions(flags);
    return options.explain
      ? (await import('./run/explain.ts')).run(options, io)
      : (await import('./run/run.ts')).run(options, io);
  },
};

const sweep: Verb = {
  name: 'sweep',
  takes: '',
  about: 'Compare numbers of diffusion steps T: the curve, and the smallest T that is as good as the largest.',
  flags: SWEEP_FLAGS,
  examples: [
    ['sweep --models tiny-diffugpt,tiny-gpt2 --tasks pointer-chasing', 'T = 1 to 64, and an autoregressive value'],
    ['sweep --models diffugpt-m --tasks hellaswag --steps 1,8,32 --margin 0.02', 'up to 2 points count as no loss'],
    ['sweep --models diffugpt-m --tasks piqa --protocol paper', 'every T drawn by itself, as the published scripts do'],
  ],
  async execute(_names, flags, io) {
    const { resolveSweepOptions } = await import('./run/sweep-schema.ts');
    const options = await resolveSweepOptions(flags);
    return (await import('./run/sweep.ts')).run(options, io);
  },
};

const ablate: Verb = {
  name: 'ablate',
  takes: '',
  about: 'Vary attention and shift of finished diffusion models, against the way they are meant to be read.',
  flags: ABLATE_FLAGS,
  examples: [
    [
      'ablate --models tiny-diffugpt --tasks stories-choice',
      'five attention ratios, shift on and off, paired differences',
    ],
    ['ablate --models diffugpt-m --tasks piqa,lambada --attention 0,1 --shift on', 'causal against bidirectional'],
  ],
  async execute(_names, flags, io) {
    const { resolveAblateOptions } = await import('./run/sweep-schema.ts');
    const options = await resolveAblateOptions(flags);
    return (await import('./run/ablate.ts')).run(options, io);
  },
};

const LINE_LEFT = 'a line could not be answered or scored';

const score: Verb = {
  name: 'score',
  takes: 'FILE.jsonl',
  about: 'Answer your own requests, one JSON line each (`-` reads standard input).',
  flags: SCORE_FLAGS,
  exits: { failure: LINE_LEFT },
  examples: [
    ['score requests.jsonl --model gpt2-m', 'one answer a line on standard output'],
    ['score requests.jsonl --model ./my-diffusion --mask-id 50257 --out answers.jsonl', 'answers to a file'],
    [
      'score - --model tiny-gpt2 <<< \'{"id":1,"kind":"loglikelihood","context":"The sky is","continuation":" blue"}\'',
      'a single request',
    ],
  ],
  async execute(names, flags, io) {
    const { resolveScoreOptions } = await import('./run/run-schema.ts');
    const options = resolveScoreOptions(names[0] ?? '', flags);
    return (await import('./score/score.ts')).run(options, io);
  },
};

const rescore: Verb = {
  name: 'rescore',
  takes: 'TASK FILE',
  about: 'Score the predictions in a file (JSON lines or .csv) again, without the model that wrote them.',
  flags: RESCORE_FLAGS,
  exits: { failure: LINE_LEFT },
  examples: [
    ['rescore gsm8k predictions.jsonl', 'lines {"predict", "label"} as published, or {"id", "prediction"}'],
    [
      'rescore countdown predictions.jsonl --out verdicts.csv',
      'lines {"input", "prediction"}; what is wrong with each',
    ],
    [
      'rescore lambada predictions.jsonl --data-dir ./data --json',
      'lines {"id" or "index" or "text", "prediction"}, or {"prediction", "label"}',
    ],
    ['rescore humaneval-infill completions.jsonl', 'lines {"task_id", "completion"}; programs run in a sandbox'],
  ],
  async execute(names, flags, io) {
    const { 0: task = '', 1: file = '' } = names;
    const [dataDir, eos, out] = [text(flags, 'data-dir'), text(flags, 'eos'), text(flags, 'out')];
    const [unsafeNoSandbox, json] = [isOn(flags, 'unsafe-no-sandbox'), isOn(flags, 'json')];
    return (await import('./rescore/rescore.ts')).run({ task, file, dataDir, eos, out, unsafeNoSandbox, json }, io);
  },
};

const show: Verb = {
  name: 'show',
  takes: 'RUN [ITEM]',
  about: 'Print a stored run, or one of its items in full.',
  flags: {
    trace: { kind: 'switch', about: "the denoising steps of the item's texts, where the run kept them (run --trace)" },
    json: JSON_SWITCH,
  },
  examples: [
    ['show results/runs/gpt2-m-piqa-canonical-4074d135777e', 'summary of a run: RUN is its folder'],
    ['show gpt2-m-piqa-canonical-4074d135777e piqa/17', 'one item: scores of every answer'],
    ['show RUN lambada-decoding/3 --trace', 'how a diffusion model wrote, step by step'],
  ],
  async execute(names, flags, io) {
    const options = {
      path: names[0] ?? '',
      item: names[1] ?? null,
      trace: isOn(flags, 'trace'),
      json: isOn(flags, 'json'),
    };
    return (await import('./report/show.ts')).run(options, io);
  },
};

const report: Verb = {
  name: 'report',
  takes: '',
  about: 'Make one page of stored runs: tables, curves, paper conformance, provenance. Opens from disk, offline.',
  flags: REPORT_FLAGS,
  examples: [
    ['report', 'everything in results/runs as reports/report.html'],
    ['report --models gpt2-m,diffugpt-m --tasks piqa,hellaswag --out reports/medium.html', 'two models on two tasks'],
    ['report --format md --out summary.md', 'the tables as Markdown, for a pull request'],
    ['report --format csv', 'every number as a line of reports/report.csv'],
  ],
  async execute(_names, flags, io) {
    const { resolveReportOptions } = await import('./report/report-options.ts');
    const options = resolveReportOptions(flags);
    return (await import('./report/report.ts')).run(options, io);
  },
};

/** In the order in which help lists them. */
export const VERBS: readonly Verb[] = [
  run,
  sweep,
  ablate,
  ...GATE_VERBS,
  score,
  rescore,
  train,
  adapt,
  finetune,
  report,
  list,
  show,
  replay,
  data,
  models,
  doctor,
];
