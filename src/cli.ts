/** What can be typed after `bench`. A verb's file is loaded when it runs or explains itself. */
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandLine } from './commands/shell/command-line.ts';
import type { ListedVerb } from './commands/shell/verb.ts';

const NO_SCORE = 'no item of a run could be scored';
const LINE_LEFT = 'a line could not be answered or scored';

const LISTED: Readonly<Record<string, Omit<ListedVerb, 'name'>>> = {
  run: {
    about: 'Score models on tasks, side by side. Repeat the command to resume.',
    example: { 'run --models tiny-gpt2,tiny-diffugpt': 'the two built-in checkpoints on the tasks they were made for' },
    exits: { failure: NO_SCORE },
    resumes: true,
    load: () => import('./commands/run/run.ts'),
  },
  sweep: {
    about: 'Compare numbers of diffusion steps T: the curve, and the smallest T that is as good as the largest.',
    example: {
      'sweep --models tiny-diffugpt,tiny-gpt2 --tasks pointer-chasing': 'T = 1 to 64, and an autoregressive value',
    },
    exits: { failure: NO_SCORE },
    resumes: true,
    load: () => import('./commands/run/sweep.ts'),
  },
  ablate: {
    about: 'Vary attention and shift of finished diffusion models, against the way they are meant to be read.',
    example: {
      'ablate --models tiny-diffugpt --tasks stories-choice':
        'five attention ratios, shift on and off, paired differences',
    },
    exits: { failure: NO_SCORE },
    resumes: true,
    load: () => import('./commands/run/ablate.ts'),
  },
  unconditional: {
    about: 'Let models write without a prompt: perplexity under a judge, entropy, repetition, over T and temperature.',
    example: {
      'unconditional --models tiny-gpt2,tiny-diffugpt --judge tiny-gpt2 --length 32 --samples 8 --steps 4,8':
        'both families, judged by one of them',
    },
    resumes: true,
    load: () => import('./commands/run/unconditional.ts'),
  },
  speed: {
    about: 'Time texts of both families, one at a time: passes, seconds, tokens a second, memory.',
    example: { 'speed --models tiny-gpt2,tiny-diffugpt --lengths 32,64 --steps 4,16': 'the two built-in checkpoints' },
    load: () => import('./commands/run/speed.ts'),
  },
  reproduce: {
    takes: '[NAME]',
    about: 'Run a table or figure of arXiv 2410.17891 again: its matrix of runs, and the published values beside ours.',
    example: { 'reproduce table-1 --smoke': 'the whole way on the built-in checkpoints, without a download' },
    exits: { failure: 'a part of it could not be run' },
    resumes: true,
    load: () => import('./commands/run/reproduce.ts'),
  },
  merge: {
    takes: 'FOLDER...',
    about: 'Join shares of runs that several machines computed (bench run --shard).',
    example: { 'merge results/runs': 'every shard-K-of-N in it, into whole runs beside them' },
    exits: { failure: 'items are missing, or two parts contradict each other' },
    load: () => import('./commands/run/merge.ts'),
  },
  worker: {
    about: 'Compute units that bench run --queue hands out, on this machine.',
    example: { 'worker --queue redis://10.0.0.5:6379': 'until it is stopped; start as many as there are machines' },
    resumes: true,
    load: () => import('./commands/run/worker.ts'),
  },
  queue: {
    takes: '[status|pause|resume|drain|clean] [RUN...]',
    about: 'Show what bench run --queue handed out and who computes it; pause, end or remove it.',
    example: { 'queue status --queue redis://10.0.0.5:6379': 'runs, workers, and the rate of each' },
    load: () => import('./commands/run/queue.ts'),
  },
  compare: {
    takes: 'A [B]',
    about: 'Compare stored runs item by item: what differs, whether that is shown, and what could have been.',
    example: { 'compare results/runs --models gpt2-m,diffugpt-m': 'two models of one folder, on every task of both' },
    load: () => import('./commands/gate/compare.ts'),
  },
  drift: {
    takes: 'RUN RUN',
    about: 'Hold the same run on two machines, engines or numbers of threads against each other, to the bit.',
    example: { 'drift here/RUN there/RUN': 'bytes, scores, decisions, and where texts part' },
    exits: { regression: 'an item was decided otherwise' },
    load: () => import('./commands/gate/drift.ts'),
  },
  gate: {
    about: 'Judge a candidate against a baseline: pass (exit code 0), regression (3) or inconclusive (4).',
    example: { 'gate --baseline results/baselines/main.json --candidate results/runs': 'against a committed baseline' },
    exits: { regression: 'regression', inconclusive: 'inconclusive' },
    load: () => import('./commands/gate/gate.ts'),
  },
  bless: {
    takes: 'RUN',
    about: 'Make finished runs the baseline of later gates: one file for git.',
    example: { 'bless results/runs/gpt2-m-piqa-canonical-4074d135777e': 'one run' },
    load: () => import('./commands/gate/bless.ts'),
  },
  score: {
    takes: 'FILE.jsonl',
    about: 'Answer your own requests, one JSON line each (`-` reads standard input).',
    example: { 'score requests.jsonl --model gpt2-m': 'one answer a line on standard output' },
    exits: { failure: LINE_LEFT },
    load: () => import('./commands/score/score.ts'),
  },
  rescore: {
    takes: 'TASK FILE',
    about: 'Score the predictions in a file (JSON lines or .csv) again, without the model that wrote them.',
    example: { 'rescore gsm8k predictions.jsonl': 'lines {"predict", "label"} as published, or {"id", "prediction"}' },
    exits: { failure: LINE_LEFT },
    load: () => import('./commands/rescore/rescore.ts'),
  },
  train: {
    about: 'Train a small model from scratch. Repeat the command to resume.',
    example: {
      'train --data story.txt --out models/base': 'a 0.7M-parameter autoregressive model with a word vocabulary',
    },
    resumes: true,
    load: async () => ({ verb: (await import('./commands/train/training-verbs.ts')).train }),
  },
  adapt: {
    about: 'Adapt an autoregressive model to masked diffusion (arXiv 2410.17891). Repeat the command to resume.',
    example: { 'adapt --init models/base --data story.txt --steps 1000 --out models/diffusion': 'the full recipe' },
    resumes: true,
    load: async () => ({ verb: (await import('./commands/train/training-verbs.ts')).adapt }),
  },
  finetune: {
    about: 'Fine-tune a model of either family on prompts with answers. Repeat the command to resume.',
    example: {
      'finetune --init models/diffusion --task pointer-chasing --length 24 --out models/pointers': 'a made task',
    },
    resumes: true,
    load: async () => ({ verb: (await import('./commands/train/training-verbs.ts')).finetune }),
  },
  report: {
    about: 'Make one page of stored runs: tables, curves, paper conformance, provenance. Opens from disk, offline.',
    example: { report: 'everything in results/runs as reports/report.html' },
    load: () => import('./commands/report/report.ts'),
  },
  init: {
    about: 'Begin a project here: a configuration, a task with its test, and a workflow with the gate.',
    example: { init: 'writes six files, and overwrites none' },
    load: () => import('./commands/init/init.ts'),
  },
  list: {
    takes: '[tasks|models|protocols|runs]',
    about: 'Name the tasks, models and protocols, and which data and weights are here; or the stored runs.',
    example: { list: 'everything' },
    load: () => import('./commands/data/list.ts'),
  },
  show: {
    takes: 'RUN [ITEM]',
    about: 'Print a stored run, or one of its items in full.',
    example: { 'show results/runs/gpt2-m-piqa-canonical-4074d135777e': 'summary of a run: RUN is its folder' },
    load: () => import('./commands/report/show.ts'),
  },
  replay: {
    takes: 'RUN',
    about: 'Compute a stored run again from its manifest and compare every record byte for byte.',
    example: { 'replay gpt2-m-piqa-canonical-4074d135777e': 'every item of a run: RUN is its folder or its name' },
    exits: { regression: 'other bytes, or made from something that has changed' },
    load: () => import('./commands/check/replay.ts'),
  },
  data: {
    takes: 'list|verify|pull [NAME...]',
    about: 'List, check or download the data sets, locked by SHA-256.',
    example: { 'data list': 'every file, its size, licence and whether it is here' },
    exits: { failure: 'something wrong or missing was found' },
    resumes: true,
    load: () => import('./commands/data/data.ts'),
  },
  models: {
    takes: '[list|pull|verify|convert|prune] [NAME...]',
    about:
      'Name published models, fetch their files, check those that are here, write any as safetensors, remove what is kept of them in fewer bits.',
    example: { 'models list': 'catalog names, families, and which weights are here' },
    exits: { failure: 'something wrong or missing was found' },
    resumes: true,
    load: () => import('./commands/models/models.ts'),
  },
  doctor: {
    takes: '[MODEL]',
    about: 'Check what this machine can do, or whether a model, its tokenizer and the data go together.',
    example: { doctor: 'what works, what is missing, and what to do about it' },
    exits: { failure: 'something broken was found' },
    load: () => import('./commands/check/doctor.ts'),
  },
};

/** Every verb, in the order in which help lists them. */
export const VERBS: readonly ListedVerb[] = Object.entries(LISTED).map(([name, listed]) => ({ name, ...listed }));

/** Runs one command line and ends the process. */
export const main = (argv: readonly string[]): Promise<void> => commandLine(VERBS, argv);

// `node dist/src/cli.js` is `bench`, which is bundled: its modules are those that plugins import. The programs of the package import this file.
if (isStarted(process.argv[1])) {
  const bundled = new URL('../bundle/cli.js', import.meta.url).href;
  const start: typeof main = bundled === import.meta.url ? main : (await import(bundled)).main;
  await start(process.argv.slice(2));
}

/** Programs that import this file may have anything as their first argument, also nothing that is there. */
function isStarted(script: string | undefined): boolean {
  if (script === undefined || !existsSync(script)) return false;
  return realpathSync(script) === fileURLToPath(import.meta.url);
}
