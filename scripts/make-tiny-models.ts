/**
 * Trains the checkpoints under `models/tiny-*` from nothing but this repository: a base, then from it one autoregressive model and three
 * diffusion models on the same mixture with the same number of steps and rows. The settings stand in `tiny-models/*.json`.
 *
 *   npm run -s build && node dist/scripts/make-tiny-models.js                       # all; repeat it to resume
 *   node dist/scripts/make-tiny-models.js --only tiny-gpt2 --work DIR --models DIR  # one of them (and the base), elsewhere
 *
 * Two runs of one thread at a time (`--workers 2`): about half an hour on two cores. The same machine type gives the same bits, as long as
 * `--threads` stays 1. What is in the work folder is taken up again; a finished model is not trained twice. `--steps 4` shows that
 * everything works and trains nothing worth having.
 */
import { spawn } from 'node:child_process';
import { appendFile, cp, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { packageRoot } from '../src/files/package-root.ts';

interface Stage {
  readonly name: string;
  readonly verb: 'train' | 'adapt' | 'finetune';
  /** File under `tiny-models/`. */
  readonly settings: string;
  readonly flags: readonly string[];
}

const BASE: Stage = { name: 'tiny-base', verb: 'train', settings: 'base.json', flags: [] };
const FROM_BASE = ['--init', './tiny-base'];
const STAGES: readonly Stage[] = [
  { name: 'tiny-gpt2', verb: 'finetune', settings: 'ar.json', flags: FROM_BASE },
  { name: 'tiny-diffugpt', verb: 'adapt', settings: 'diffusion.json', flags: FROM_BASE },
  { name: 'tiny-diffugpt-noshift', verb: 'adapt', settings: 'diffusion.json', flags: [...FROM_BASE, '--no-shift'] },
  {
    name: 'tiny-diffugpt-noanneal',
    verb: 'adapt',
    settings: 'diffusion.json',
    flags: [...FROM_BASE, '--anneal-steps', '1'],
  },
];
const FILES = [
  ...['bench.json', 'config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'],
  ...['README.md', 'loss.png', 'training/config.json', 'training/run.json'],
];

const TERMS = `
## Use and licence

For demonstrations and tests of this project. It knows four kinds of made problems and a grammar of little stories, nothing else, and was
trained on nothing else. Made with \`scripts/make-tiny-models.ts\` from \`tiny-base\`, a model of this shape that was trained on the
stories, sums and one-step word problems. Licence: Apache-2.0, as the project.
`;

const ROOT = packageRoot();
const { values } = parseArgs({
  options: {
    work: { type: 'string', default: join(ROOT, '.tiny') },
    models: { type: 'string', default: join(ROOT, 'models') },
    only: { type: 'string' },
    steps: { type: 'string' },
    threads: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
  },
});
const work = resolve(values.work);
const stages = STAGES.filter(({ name }) => values.only === undefined || name === values.only);
if (stages.length === 0) {
  throw new TypeError(`--only: expected one of ${STAGES.map(({ name }) => name).join(', ')}, found ${values.only}`);
}
await mkdir(work, { recursive: true });
await train(BASE);
const limited = pLimit(Number(values.workers));
await Promise.all(stages.map((stage) => limited(() => make(stage))));

async function make(stage: Stage): Promise<void> {
  await train(stage);
  for (const file of FILES) await cp(join(work, stage.name, file), join(values.models, stage.name, file));
  await appendFile(join(values.models, stage.name, 'README.md'), TERMS);
}

/** Runs the verb in the work folder, so that no path of this machine gets into the model. It resumes by itself. */
function train({ name, verb, settings, flags }: Stage): Promise<void> {
  const config = join(ROOT, 'scripts/tiny-models', settings);
  const steps = values.steps === undefined ? [] : ['--steps', values.steps];
  const words = [verb, '--config', config, '--out', name, '--threads', values.threads, ...flags, ...steps];
  const child = spawn(process.execPath, [join(ROOT, 'bin/bench.js'), ...words], { cwd: work, stdio: 'inherit' });
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('exit', (code) => (code === 0 ? done() : failed(new Error(`bench ${verb} ${name}: exit code ${code}`))));
  });
}
