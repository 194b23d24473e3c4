/**
 * What README promises of the network, under a trace of system calls: no verb opens a socket that could leave the machine, and
 * none leaves a file outside the folders it was given and its own cache (onnxruntime keeps an event store and a device id unless it is told not
 * to). Runs where Linux has no interface, so that what went wrong could not get out either.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERBS } from '../../src/cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BENCH = join(ROOT, 'bin/bench.js');
/** In a network namespace of its own, which has no interface but a loopback that is down. */
const ISOLATED = ['unshare', '--user', '--map-root-user', '--net'];
const CALLS = 'trace=socket,connect,bind,sendto,openat,open,creat,mkdir,mkdirat';
const works = (command: readonly string[]) => spawnSync(command[0] as string, command.slice(1)).status === 0;
const canTrace = works([...ISOLATED, 'strace', '-f', '--seccomp-bpf', '-o', '/dev/null', 'true']);
const skipped = canTrace ? '' : ' (skipped: strace or network namespaces are not here)';

const MADE = ['--tasks', 'pointer-chasing', '--limit', '3'];
const SHORT = ['--steps', '2', '--batch', '2', '--length', '32', '--accuracy-rows', '0'];

/** Verb -> its calls, in an order in which each finds what it needs. */
const COMMANDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  run: [
    ['--models', 'tiny-gpt2,tiny-diffugpt', ...MADE],
    ['--models', 'tiny-gpt2', ...MADE, '--engine', 'tfjs', '--out', 'tfjs'],
    ['--models', 'tiny-gpt2', '--tasks', 'piqa', '--limit', '2', '--engine', 'reference', '--out', 'reference'],
    ['--models', 'tiny-gpt2', ...MADE, '--device', 'auto', '--out', 'device'],
    ['--models', 'tiny-gpt2', ...MADE, '--shard', '1/1', '--out', 'parts'],
  ],
  merge: [['parts', '--out', 'merged']],
  drift: [['RUN', 'RUN']],
  sweep: [['--models', 'tiny-diffugpt', ...MADE, '--steps', '1,2', '--trace', '--out', 'swept']],
  ablate: [['--models', 'tiny-diffugpt', '--tasks', 'pointer-chasing', '--limit', '2', '--out', 'ablated']],
  unconditional: [
    [
      ...['--models', 'tiny-gpt2,tiny-diffugpt', '--judge', 'tiny-gpt2', '--length', '8'],
      '--samples',
      '2',
      '--steps',
      '2',
    ],
  ],
  speed: [['--models', 'tiny-gpt2,tiny-diffugpt', '--lengths', '16', '--steps', '2', '--repeats', '1']],
  reproduce: [
    ['table-1', '--plan'],
    ['table-5', '--smoke'],
  ],
  compare: [['results/runs', '--models', 'tiny-gpt2,tiny-diffugpt']],
  bless: [['results/runs', '--models', 'tiny-gpt2', '--name', 'main', '--out', 'baselines']],
  gate: [['--baseline', 'baselines/main.json', '--candidate', 'results/runs', '--candidate-model', 'tiny-gpt2']],
  report: [[]],
  show: [['RUN']],
  replay: [['RUN', '--sample', '1']],
  score: [['requests.jsonl', '--model', 'tiny-gpt2', '--out', 'answers.jsonl']],
  rescore: [['gsm8k', 'predictions.jsonl']],
  train: [['--data', 'story.txt', '--out', 'base', '--arch', '1,16,2,64', ...SHORT]],
  adapt: [['--init', 'base', '--data', 'story.txt', '--out', 'adapted', ...SHORT]],
  finetune: [['--init', 'adapted', '--data', 'pairs.jsonl', '--out', 'tuned', ...SHORT]],
  list: [[]],
  data: [['list'], ['verify', 'lambada/plain-text']],
  models: [['list'], ['verify'], ['convert', 'base', 'converted']],
  doctor: [[], ['tiny-gpt2']],
  init: [[]],
};
/** These reach the address that they are given, and no other: that is what they are for. */
const REACH = ['worker', 'queue'];
/** These look for something that may not be here, and say so by their exit code. */
const MAY_FAIL = ['data verify', 'doctor'];

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bench-no-network-')));
  for (const name of ['work', 'home', 'tmp']) mkdirSync(join(folder, name));
  const work = (name: string, text: string) => writeFileSync(join(folder, 'work', name), text);
  work(
    'requests.jsonl',
    `${JSON.stringify({ id: 0, kind: 'loglikelihood', context: 'red', continuation: ' blue' })}\n`,
  );
  work('predictions.jsonl', `${JSON.stringify({ predict: '#### 1', label: '#### 1' })}\n`);
  work('pairs.jsonl', `${JSON.stringify({ prompt: 'the cat', answer: ' sat' })}\n`.repeat(40));
  work('story.txt', 'the cat sat on the mat and the dog lay on the rug\n\n'.repeat(200));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Traced {
  readonly status: number | null;
  readonly output: string;
  /** Calls that open, reach or name an internet socket. */
  readonly sockets: readonly string[];
  /** Files and folders made outside the folders that were given. */
  readonly strays: readonly string[];
}

function traced(command: readonly string[]): Traced {
  const log = join(folder, 'calls.txt');
  const work = join(folder, 'work');
  const [name = '', ...args] = [
    ...ISOLATED,
    'strace',
    '-f',
    '-qq',
    '--seccomp-bpf',
    '-e',
    CALLS,
    '-o',
    log,
    ...command,
  ];
  const env = { PATH: process.env.PATH, HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp') };
  const { status, stdout, stderr } = spawnSync(name, args, { cwd: work, env, encoding: 'utf8' });
  const calls = readFileSync(log, 'utf8').split('\n');
  const cache = join(folder, 'home/.cache');
  const given = [work, join(folder, 'tmp'), join(cache, 'bench'), '/dev', '/proc'];
  const isOurs = (path: string) =>
    !path.startsWith('/') || path === cache || given.some((root) => path.startsWith(root));
  const made = calls.flatMap((call) => {
    const [, path = '/unnamed'] = /"([^"]*)"/.exec(call) ?? [];
    const makes = /O_CREAT|\b(creat|mkdir|mkdirat)\(/.test(call) && !/ = -1 /.test(call);
    return makes && !isOurs(path) ? [path] : [];
  });
  const sockets = calls.filter((call) => /\bAF_INET6?\b|\bAF_PACKET\b/.test(call));
  return { status, output: stdout + stderr, sockets, strays: [...new Set(made)] };
}

describe(`the network and the home folder${skipped}`, () => {
  it('are asked about every verb', () => {
    expect([...Object.keys(COMMANDS), ...REACH].sort()).toEqual(VERBS.map(({ name }) => name).sort());
  });

  const all = Object.entries(COMMANDS).flatMap(([verb, calls]) => calls.map((args) => [verb, ...args]));
  it.skipIf(!canTrace).each(all.map((args) => ({ args, name: args.slice(0, 5).join(' ') })))(
    'are left alone by bench $name',
    ({ args }) => {
      const runs = () => readdirSync(join(folder, 'work/results/runs'), { withFileTypes: true });
      const run = args.includes('RUN') ? runs().find((entry) => entry.isDirectory()) : undefined;
      const given = args.map((arg) => (arg === 'RUN' ? join('results/runs', run?.name ?? '') : arg));
      const { status, output, sockets, strays } = traced(['node', BENCH, ...given]);
      expect({ sockets, strays }).toEqual({ sockets: [], strays: [] });
      if (!MAY_FAIL.some((prefix) => args.join(' ').startsWith(prefix)))
        expect({ status, output }).toMatchObject({ status: 0 });
    },
    120_000,
  );

  // The checks can fail: what is looked for is seen where it happens.
  it.skipIf(!canTrace)('would be seen to be used: bench data pull asks for a server', () => {
    expect(tracedIn(['node', BENCH, 'data', 'pull', 'lambada/plain-text']).sockets).not.toEqual([]);
  });

  it.skipIf(!canTrace)('would be seen to be used: onnxruntime alone keeps events in the home folder', () => {
    const script = `import ort from 'onnxruntime-node';
      await ort.InferenceSession.create(process.argv[1]).catch(() => null);`;
    writeFileSync(join(folder, 'work/no.onnx'), 'no model');
    const node = ['node', '--input-type=module', '-e', script, join(folder, 'work/no.onnx')];
    const { strays } = tracedIn(node);
    expect(strays.some((path) => path.includes('onnxruntime'))).toBe(true);
  });
});

/** In the project's own folder, where packages are found. */
function tracedIn([name = '', ...args]: readonly string[]): Traced {
  return traced(['env', '-C', ROOT, name, ...args]);
}
