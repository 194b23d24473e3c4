/**
 * Speed, memory and error of weights in fewer bits: `node dist/scripts/bench-dtypes.js [--other FOLDER] [section …]`, sections
 * choice, llama, greedy, large (default: all but large, which writes 14 GB of random weights and takes an hour). FOLDER is another
 * built checkout, measured in float32 beside this one. Every figure is of a process of its own; the processes of a section take turns, and
 * the best of three counts. Run it on an idle machine. Random checkpoints lie in BENCH_SCRATCH, converted weights in BENCH_CACHE_DIR.
 */
import { parseArgs } from 'node:util';
import { type Contest, contest, SECTIONS, type Section } from './bench-dtypes/contest.ts';
import type { Measured } from './bench-dtypes/measured.ts';

function rows({ found, parameters }: Contest): string[] {
  const [[, first] = []] = found;
  const exact = [...found].find(([{ dtype }]) => dtype === 'float32')?.[1];
  const rate = ({ work, seconds }: Measured): number => work / seconds;
  const lines = [...found].map(([{ name }, it]) =>
    [
      name,
      rate(it).toFixed(3),
      (1 / rate(it)).toFixed(3),
      (rate(it) / rate(first as Measured)).toFixed(2),
      it.ready.toFixed(1),
      (it.ready / (first as Measured).ready).toFixed(2),
      (it.anonymous / parameters).toFixed(2),
      (it.peak / 1e9).toFixed(2),
      exact === undefined ? '' : errorText(it.logprobs, exact.logprobs),
    ].join(' | '),
  );
  const heads = [
    '',
    'a second',
    'seconds each',
    '/ first',
    'ready, s',
    '/ first',
    'anonymous bytes a weight',
    'peak, GB',
    'nats off, mean (most)',
  ];
  return [heads.join(' | '), heads.map(() => '---').join(' | '), ...lines].map((line) => `| ${line} |`);
}

function errorText(found: readonly number[], exact: readonly number[]): string {
  if (exact.length === 0) return '';
  const errors = found.map((value, i) => Math.abs(value - (exact[i] as number)));
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  return `${mean.toExponential(1)} (${Math.max(...errors).toExponential(1)})`;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { other: { type: 'string' } } });
const wanted = positionals.length > 0 ? positionals : Object.keys(SECTIONS).filter((name) => name !== 'large');
const unknown = wanted.find((name) => !(name in SECTIONS));
if (unknown !== undefined) {
  process.stderr.write(`unknown section "${unknown}"; known: ${Object.keys(SECTIONS).join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const name of wanted) {
    const section = SECTIONS[name] as Section;
    process.stdout.write(`${section.about}\n\n${rows(await contest(section, { build: values.other })).join('\n')}\n\n`);
  }
}
