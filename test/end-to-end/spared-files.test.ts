/** No verb writes a file in the place of one that it reads, of another that it writes, or of a stored run. */
import { link, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { refusalOf, runVerb } from './run-verb.ts';

const REQUEST = '{"id":1,"kind":"loglikelihood","context":[1],"continuation":[2]}\n';

let folder: string;
let run: string;
const at = (...names: readonly string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-spared-'));
  const asked = { models: 'random-gpt2', tasks: 'piqa', fixtures: true, limit: '2', out: at('runs'), json: true };
  run = JSON.parse((await runVerb('run', [], asked)).stdout).runs[0].path;
  await runVerb('bless', [run], { name: 'b', out: folder });
  await writeFile(at('req.jsonl'), REQUEST);
  await writeFile(at('run.json'), '{"models":["random-gpt2"],"tasks":["piqa"]}');
  await writeFile(at('it.txt'), 'piqa-0\n');
  await mkdir(at('sub'));
  await symlink(at('req.jsonl'), at('link.jsonl'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The files are as they were afterwards. */
async function refused(verb: string, names: readonly string[], flags: Readonly<Record<string, unknown>>) {
  const files = ['req.jsonl', 'run.json', 'it.txt', 'b.json'].map((name) => at(name));
  const stored = ['manifest.json', 'records.jsonl', 'summary.json', 'environment.json'].map((name) => join(run, name));
  const read = () => Promise.all([...files, ...stored].map((file) => readFile(file, 'utf8')));
  const before = await read();
  const { code, message } = await refusalOf(verb, names, flags);
  expect(await read()).toEqual(before);
  expect(code).toBe('bad-arguments');
  return message;
}

it('refuses to write what is read, by whatever path', async () => {
  const model = 'random-gpt2';
  const reads = (flag: string, file: string) =>
    `${flag}: expected another file than those that the command reads, found ${file}`;
  const [file, baseline] = [at('req.jsonl'), at('b.json')];
  expect(await refused('score', [file], { model, out: file })).toBe(reads('--out', file));
  expect(await refused('score', [file], { model, out: at('sub', '..', 'req.jsonl') })).toBe(reads('--out', file));
  expect(await refused('score', [at('link.jsonl')], { model, out: file })).toBe(reads('--out', at('link.jsonl')));
  expect(await refused('score', [file], { model, out: at('link.jsonl') })).toBe(reads('--out', file));
  expect(await refused('rescore', ['gsm8k', file], { out: file })).toBe(reads('--out', file));
  expect(await refused('gate', [], { baseline, candidate: run, junit: baseline })).toBe(reads('--junit', baseline));
  expect(await refused('gate', [], { baseline, candidate: run, markdown: baseline })).toBe(
    reads('--markdown', baseline),
  );
  const asked = { tasks: 'piqa', fixtures: true };
  const items = at('it.txt');
  expect(await refused('run', [], { ...asked, items, 'dump-requests': items })).toBe(reads('--dump-requests', items));
  const config = at('run.json');
  expect(await refused('run', [], { config, 'dump-requests': config })).toBe(reads('--dump-requests', config));
  await writeFile(at('gives.json'), JSON.stringify({ models: [`a=${items}:family=diffusion`], out: items }));
  expect(await refused('speed', [], { config: at('gives.json') })).toBe(reads('--out', items));
});

it('refuses to write one file twice', async () => {
  const given = { baseline: at('b.json'), candidate: run };
  expect(await refused('gate', [], { ...given, markdown: at('x'), junit: at('sub', '..', 'x') })).toMatch(
    /^--junit: expected another file than --markdown, found .*x in both$/,
  );
  expect((await runVerb('gate', [], { ...given, markdown: '/dev/null', junit: '/dev/null' })).code).toBe(0);
});

it('refuses to write into what is stored of a run, and beside it writes', async () => {
  for (const name of [
    'records.jsonl',
    'manifest.json',
    'summary.json',
    'environment.json',
    'records.damaged-1.jsonl',
  ]) {
    const message = await refused('report', [], { runs: at('runs'), format: 'csv', out: join(run, name) });
    expect(message).toBe(`--out: expected a file that is no part of a stored run, found ${name} of the run in ${run}`);
  }
  const message = await refused('bless', [run], { name: 'manifest', out: run });
  expect(message).toMatch(/^expected a baseline or no file at .*manifest\.json, found another file$/);
  for (let twice = 0; twice < 2; twice++) {
    const { code } = await runVerb('report', [], { runs: at('runs'), format: 'csv', out: join(run, 'report.csv') });
    expect(code).toBe(0);
    expect((await runVerb('bless', [run], { name: 'b', out: folder })).code).toBe(0);
  }
});

it('refuses requests in the place where answers of a run that is stopped would be kept', async () => {
  const partial = at('a.jsonl.partial');
  await link(at('req.jsonl'), partial);
  expect(await refused('score', [partial], { model: 'random-gpt2', out: at('a.jsonl') })).toMatch(/^--out: .*partial$/);
  expect(await readFile(partial, 'utf8')).toBe(REQUEST);
});
