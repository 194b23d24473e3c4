/**
 * Every verb of the command line: what help shows, and which module answers it. Modules are imported only when their
 * verb runs, so that help and mistakes answer at once.
 */
import { ABLATE_FLAGS, DATA_DIR, JSON_SWITCH, RESCORE_FLAGS, RUN_FLAGS, SCORE_FLAGS, SWEEP_FLAGS } from './flags.ts';
import { GATE_VERBS } from './gate-verbs.ts';
import type { CommandIo } from './io.ts';
import { adapt, finetune, train } from './training-verbs.ts';
import { isOn, oneOf, text, type Verb } from './verb.ts';

const run: Verb = {
  name: 'run',
  takes: '',
  about: 'Score models on tasks, side by side. Repeat the command to resume.',
  flags: RUN_FLAGS,
  examples: [
    ['run --models tiny-gpt2,tiny-diffugpt', 'the two built-in checkpoints on the tasks they were made for'],
    ['run --models gpt2-m,diffugpt-m --tasks piqa,hellaswag --limit 200', 'first 200 items of two tasks'],
    ['run --models ./my-diffusion --family diffusion --mask-id 50257 --shift on', 'a checkpoint of your own'],
    ['run --models diffugpt-m --tasks piqa --steps 1,2,4,8,16,32', 'the whole T curve from the same passes'],
    ['run --models diffugpt-m --tasks piqa --protocol paper', 'the procedure of the published scripts, seeded'],
    ['run --config run.json --json > result.json', 'settings from a file, result as JSON'],
  ],
  async execute(_names, flags, io) {
    const { resolveRunOptions } = await import('./run-schema.ts');
    const options = await resolveRunOptions(flags);
    return (await import('./run.ts')).run(options, io);
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
    const { resolveSweepOptions } = await import('./sweep-schema.ts');
    const options = await resolveSweepOptions(flags);
    return (await import('./sweep.ts')).run(options, io);
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
    const { resolveAblateOptions } = await import('./sweep-schema.ts');
    const options = await resolveAblateOptions(flags);
    return (await import('./ablate.ts')).run(options, io);
  },
};

const score: Verb = {
  name: 'score',
  takes: 'FILE.jsonl',
  about: 'Answer your own requests, one JSON line each (`-` reads standard input).',
  flags: SCORE_FLAGS,
  examples: [
    ['score requests.jsonl --model gpt2-m', 'one answer a line on standard output'],
    ['score requests.jsonl --model ./my-diffusion --mask-id 50257 --out answers.jsonl', 'answers to a file'],
    [
      'score - --model tiny-gpt2 <<< \'{"id":1,"kind":"loglikelihood","context":"The sky is","continuation":" blue"}\'',
      'a single request',
    ],
  ],
  async execute(names, flags, io) {
    const { resolveScoreOptions } = await import('./run-schema.ts');
    const options = resolveScoreOptions(names[0] ?? '', flags);
    return (await import('./score.ts')).run(options, io);
  },
};

const rescore: Verb = {
  name: 'rescore',
  takes: 'TASK FILE',
  about: 'Score the predictions in a file (JSON lines or .csv) again, without the model that wrote them.',
  flags: RESCORE_FLAGS,
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
    return (await import('./rescore.ts')).run({ task, file, dataDir, eos, out, unsafeNoSandbox, json }, io);
  },
};

const LIST_SECTIONS = ['tasks', 'models', 'protocols'] as const;

const list: Verb = {
  name: 'list',
  takes: '[tasks|models|protocols]',
  about: 'Name the tasks, models and protocols, and which data and weights are here.',
  flags: { 'data-dir': DATA_DIR, json: JSON_SWITCH },
  examples: [
    ['list', 'everything'],
    ['list tasks --data-dir ./data', 'tasks, and whether their data is found there'],
  ],
  async execute(names, flags, io) {
    const section = names[0] === undefined ? null : oneOf('section', names[0], LIST_SECTIONS, 'bench list --help');
    return (await import('./list.ts')).run(
      { section, dataDir: text(flags, 'data-dir'), json: isOn(flags, 'json') },
      io,
    );
  },
};

const models: Verb = {
  name: 'models',
  takes: '[list]',
  about: 'Name the models of the catalog and where their weights are.',
  flags: { json: JSON_SWITCH },
  examples: [['models list', 'catalog names, families, and which weights are here']],
  async execute(names, flags, io) {
    oneOf('action', names[0] ?? 'list', ['list'], 'bench models --help');
    return (await import('./list.ts')).run({ section: 'models', dataDir: null, json: isOn(flags, 'json') }, io);
  },
};

const DATA_ACTIONS = ['list', 'verify', 'pull'] as const;

const data: Verb = {
  name: 'data',
  takes: 'list|verify|pull [NAME...]',
  about: 'List, check or download the data sets, locked by SHA-256.',
  flags: { 'data-dir': DATA_DIR, json: JSON_SWITCH },
  examples: [
    ['data list', 'every file, its size, licence and whether it is here'],
    ['data verify', 'check the SHA-256 of every file that is here'],
    ['data pull piqa', 'download the files of one task'],
  ],
  async execute(names, flags, io) {
    const action = oneOf('action', names[0] ?? '', DATA_ACTIONS, 'bench data --help');
    const { dataList, dataPull, dataVerify } = await import('./data.ts');
    const options = { names: names.slice(1), dataDir: text(flags, 'data-dir') };
    const pull = () => dataPull({ ...options, signal: io.signal, onProgress: pullProgress(io) });
    const answer = { list: () => dataList(options), verify: () => dataVerify(options), pull }[action];
    const outcome = await answer();
    io.stdout(isOn(flags, 'json') ? `${JSON.stringify(outcome.document, null, 2)}\n` : endLine(outcome.text));
    return outcome.exitCode;
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
    return (await import('./show.ts')).run(options, io);
  },
};

const doctor: Verb = {
  name: 'doctor',
  takes: '',
  about: 'Check what this machine can do: Node, engines, data and cache folders.',
  flags: { 'data-dir': DATA_DIR, json: JSON_SWITCH },
  examples: [['doctor', 'what works, what is missing, and what to do about it']],
  async execute(_names, flags, io) {
    return (await import('./doctor.ts')).run({ dataDir: text(flags, 'data-dir'), json: isOn(flags, 'json') }, io);
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
  list,
  show,
  data,
  models,
  doctor,
];

/** One line that is redrawn on a terminal; nothing elsewhere. */
function pullProgress(io: CommandIo): (progress: { file: string; received: number; total: number | null }) => void {
  return ({ file, received, total }) => {
    if (!io.isTerminal) return;
    const share = total === null ? '' : ` of ${(total / 1e6).toFixed(1)}`;
    io.stderr(`\r\x1b[K${file} ${(received / 1e6).toFixed(1)}${share} MB${received === total ? '\n' : ''}`);
  };
}

const endLine = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
