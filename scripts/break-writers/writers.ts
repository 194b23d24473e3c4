/** The commands that write, what they write, and when a file of theirs is whole. */

export interface Writer {
  readonly name: string;
  /** Arguments of `bench`, in the folder of the trial. */
  readonly args: readonly string[];
  /** Files that the command replaces, below that folder; each had other content before. */
  readonly replaces: readonly string[];
  /** The command goes on where it was stopped: repeated, it must end in the bytes of a run that nobody stopped. */
  readonly resumes: readonly string[];
}

const MADE = ['--tasks', 'pointer-chasing'];

export const WRITERS: readonly Writer[] = [
  replacing('report', ['report', '--runs', 'runs', '--out', 'out/report.html'], 'out/report.html'),
  replacing(
    'report --format md',
    ['report', '--runs', 'runs', '--format', 'md', '--out', 'out/report.md'],
    'out/report.md',
  ),
  replacing(
    'score',
    ['score', 'requests.jsonl', '--model', 'tiny-gpt2', '--out', 'out/answers.jsonl'],
    'out/answers.jsonl',
  ),
  replacing('rescore', ['rescore', 'gsm8k', 'predictions.jsonl', '--out', 'out/verdicts.csv'], 'out/verdicts.csv'),
  replacing(
    'gate',
    [
      ...['gate', '--baseline', 'baseline.json', '--candidate', 'runs', '--candidate-model', 'tiny-diffugpt'],
      ...['--markdown', 'out/gate.md', '--junit', 'out/gate.xml'],
    ],
    'out/gate.md',
    'out/gate.xml',
  ),
  replacing(
    'run --dump-requests',
    ['run', '--models', 'tiny-gpt2', ...MADE, '--dump-requests', 'out/requests.jsonl'],
    'out/requests.jsonl',
  ),
  resuming(
    'run',
    ['run', '--models', 'tiny-gpt2', ...MADE, '--limit', '40', '--out', 'out/runs'],
    /(records|questions)\.jsonl/,
  ),
  resuming(
    'run --trace',
    ['run', '--models', 'tiny-diffugpt', ...MADE, '--limit', '12', '--steps', '4', '--trace', '--out', 'out/runs'],
    /(records|traces)\.jsonl/,
  ),
  resuming(
    'run --shard',
    ['run', '--models', 'tiny-gpt2', ...MADE, '--limit', '40', '--shard', '1/2', '--out', 'out/runs'],
    /(records|questions)\.jsonl/,
  ),
  resuming('merge', ['merge', 'parts', '--out', 'out/runs'], /(records|questions)\.jsonl|summary\.json/),
  resuming(
    'train',
    [
      ...['train', '--data', 'story.txt', '--out', 'out/model', '--arch', '1,16,2,64', '--steps', '30', '--batch', '2'],
      ...['--length', '32', '--accuracy-rows', '0', '--checkpoint-every', '5'],
    ],
    /model\.safetensors$/,
  ),
];

function replacing(name: string, args: readonly string[], ...replaces: readonly string[]): Writer {
  return { name, args, replaces, resumes: [] };
}

function resuming(name: string, args: readonly string[], files: RegExp): Writer {
  return { name, args, replaces: [], resumes: [files.source] };
}
