/**
 * Speed and memory against another build: `node dist/scripts/bench-speed.js --today FOLDER [--llama-cpp FOLDER] [section …]`,
 * the first folder a built checkout of the version to beat, the second one in which node-llama-cpp 3.21.1 is installed (`npm install
 * --ignore-scripts --prefix FOLDER node-llama-cpp@3.21.1`; without it, what is set against llama.cpp is passed over). Sections: readme, outside, choice, llama, greedy, training, large (default: all but large, which writes 14 GB of
 * random weights and takes an hour). The builds take turns in processes of their own. Run it on an idle machine.
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Contest, contest, LLAMA_CPP, type Others, SECTIONS, type Section } from './bench-dtypes/contest.ts';
import type { Measured } from './bench-dtypes/measured.ts';
import { verdict } from './bench-scoring/workbench.ts';
import { FIRST_COMMAND, SCORED_ITEMS, type WholeRun, wholeRun } from './bench-speed/whole-runs.ts';
import { median } from './median.ts';

const HERE = fileURLToPath(new URL('../../', import.meta.url));
const ROUNDS = 3;
const GIB = 2 ** 30;

/** `ok` where a value is at most its limit. */
const atMost = (name: string, value: number, limit: number, detail: string): string =>
  `${value <= limit ? 'ok  ' : 'MISS'} ${name}: ${value.toFixed(2)} (limit ${limit}); ${detail}`;

function medianRun(runs: readonly WholeRun[]): WholeRun {
  const of = (field: keyof WholeRun): number => median(runs.map((run) => run[field]));
  return { wall: of('wall'), processor: of('processor'), engine: of('engine') };
}

/** This build's and today's, in turn. */
function inTurn(today: string, choice: readonly string[], watched: boolean): readonly [WholeRun, WholeRun] {
  for (const root of [HERE, today]) wholeRun(root, choice, watched); // files are in memory from here on
  const rounds = Array.from({ length: ROUNDS }, () => [HERE, today].map((root) => wholeRun(root, choice, watched)));
  const [here, there] = [0, 1].map((at) => medianRun(rounds.map((round) => round[at] as WholeRun)));
  return [here as WholeRun, there as WholeRun];
}

const secondsText = ({ wall, processor }: WholeRun): string =>
  `${wall.toFixed(1)} s (${processor.toFixed(1)} s of processors)`;

function readme(today: string): string[] {
  const [here, there] = inTurn(today, FIRST_COMMAND, false);
  const detail = `${secondsText(here)} against ${secondsText(there)}`;
  return [verdict("README's first command, speed ratio", there.wall / here.wall, 1.5, detail)];
}

function outside(today: string): string[] {
  const runs = inTurn(today, SCORED_ITEMS, true);
  const [here, there] = runs.map(({ wall, engine }) => 1 - engine / wall) as [number, number];
  const detail = `${secondsText(runs[0])}; today ${there.toFixed(2)} of ${secondsText(runs[1])}`;
  return [atMost('share of wall time outside the engine, tiny-gpt2, 1,000 items', here, 0.4, detail)];
}

/** What was measured of a dtype of this build, of `today` and of `llama.cpp`. */
interface Of {
  (name: typeof LLAMA_CPP): Measured | undefined;
  (name: string): Measured;
}

const rate = ({ work, seconds }: Measured): number => work / seconds;
const ratio = (name: string, a: Measured, b: Measured, target: number): string =>
  verdict(name, rate(a) / rate(b), target, `${rate(a).toFixed(3)} against ${rate(b).toFixed(3)} a second`);

function nats(found: Measured, exact: Measured): number {
  const errors = found.logprobs.map((value, i) => Math.abs(value - (exact.logprobs[i] as number)));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** Against llama.cpp, where it is there. */
const besideLlamaCpp = (name: string, of: Of, target: number): string[] => {
  const other = of(LLAMA_CPP);
  return [other === undefined ? `skip ${name}: no --llama-cpp FOLDER` : ratio(name, of('int8'), other, target)];
};

interface DtypeSection {
  readonly dtypes: readonly string[];
  readonly judge: (of: Of, contest: Contest) => readonly string[];
}

const BY_DTYPE: Readonly<Record<string, DtypeSection>> = {
  choice: {
    dtypes: ['float32', 'int8', 'int8x2'],
    judge: (of) => [
      ratio('int8, multiple choice, items/s against today', of('int8'), of('today'), 2.5),
      ratio('int8x2, multiple choice, items/s against float32 of today', of('int8x2'), of('today'), 1.2),
      ratio('int8x2, multiple choice, items/s against float32', of('int8x2'), of('float32'), 1.2),
      atMost('int8x2, 1e-3 nats a token', 1000 * nats(of('int8x2'), of('float32')), 1, 'mean error'),
    ],
  },
  llama: {
    dtypes: ['float32', 'int8'],
    judge: (of, { parameters }) => [
      ratio('int8, LLaMA-1.1B shape, items/s against today', of('int8'), of('today'), 2),
      ...besideLlamaCpp('int8, LLaMA-1.1B shape, items/s against prompts of llama.cpp in Q8_0', of, 1.2),
      atMost('int8, resident bytes a weight', of('int8').anonymous / parameters, 1.4, 'without pages of mapped files'),
      atMost('int8, peak, GB', of('int8').peak / 1e9, 2.4, 'mapped files included'),
      ...(['float32', 'int8'] as const).map((dtype) =>
        atMost(
          `ready again in ${dtype}, against today`,
          of(dtype).ready / of('today').ready,
          0.4,
          readyText(of, dtype),
        ),
      ),
    ],
  },
  greedy: {
    dtypes: ['int8'],
    judge: (of) => [
      ratio('int8, greedy, one text, tokens/s against today', of('int8'), of('today'), 1.7),
      ...besideLlamaCpp('int8, greedy, one text, tokens/s against llama.cpp in F16', of, 1.2),
    ],
  },
  large: {
    dtypes: ['int8', 'int4', 'bfloat16'],
    judge: (of) => [
      atMost('int8, LLaMA-7B shape, peak GiB', of('int8').peak / GIB, 9, eachText(of('int8'))),
      atMost('int4, LLaMA-7B shape, peak GiB', of('int4').peak / GIB, 6, eachText(of('int4'))),
      atMost('bfloat16, beside mapped pages, GiB', of('bfloat16').anonymous / GIB, 1.5, eachText(of('bfloat16'))),
    ],
  },
};

const readyText = (of: Of, dtype: string): string =>
  `${of(dtype).ready.toFixed(1)} s against ${of('today').ready.toFixed(1)} s, digest and kept weights known`;
const eachText = (measured: Measured): string => `${(1 / rate(measured)).toFixed(1)} s an item of 512 tokens`;

async function dtypes(name: string, others: Others): Promise<readonly string[]> {
  const { dtypes: wanted, judge } = BY_DTYPE[name] as DtypeSection;
  const made = await contest(SECTIONS[name] as Section, others, wanted);
  const named = new Map([...made.found].map(([{ name: each }, it]) => [each === others.build ? 'today' : each, it]));
  return judge(((each: string) => named.get(each)) as Of, made);
}

/** Seconds of a first step and the best of those after it, as a build's own benchmark says. */
function trainingSteps(root: string): { readonly first: number; readonly best: number } {
  const program = join(root, 'dist/scripts/bench-training.js');
  const said = execFileSync(process.execPath, [program, 'base'], { encoding: 'utf8' });
  const found = /([\d.]+) s a step \(mean [\d.]+, first ([\d.]+)\)/.exec(said);
  if (found === null) throw new Error(`${program}: expected the seconds of a step, found ${said}`);
  return { best: Number(found[1]), first: Number(found[2]) };
}

function training(today: string): string[] {
  const [here, there] = [trainingSteps(HERE), trainingSteps(today)];
  const detail = (name: 'first' | 'best'): string => `${here[name].toFixed(2)} s against ${there[name].toFixed(2)} s`;
  return [
    verdict('training step, 8 x 256 tokens, speed ratio', there.best / here.best, 1.15, detail('best')),
    verdict('first training step, speed ratio', there.first / here.first, 1.15, detail('first')),
  ];
}

const OWN: Readonly<Record<string, (today: string) => readonly string[]>> = { readme, outside, training };
const KNOWN = [...Object.keys(OWN), ...Object.keys(BY_DTYPE)];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { today: { type: 'string' }, 'llama-cpp': { type: 'string' } },
});
const unknown = positionals.find((name) => !KNOWN.includes(name));
if (unknown !== undefined || values.today === undefined) {
  const found = unknown === undefined ? 'no --today FOLDER' : `section "${unknown}"`;
  process.stderr.write(`expected --today FOLDER and sections of ${KNOWN.join(', ')}; found ${found}\n`);
  process.exitCode = 2;
} else {
  const today = resolve(values.today);
  const llamaCpp = values['llama-cpp'] === undefined ? undefined : resolve(values['llama-cpp']);
  for (const name of positionals.length > 0 ? positionals : KNOWN.filter((each) => each !== 'large')) {
    const lines = OWN[name]?.(today) ?? (await dtypes(name, { build: today, llamaCpp }));
    for (const line of lines) process.stdout.write(`${line}\n`);
  }
}
