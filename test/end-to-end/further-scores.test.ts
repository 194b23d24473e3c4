/** `bench run --score`: likelihoods under deterministic samplers beside those of the protocol, as a run of their own. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { run } from '../../src/commands/run/run.ts';
import type { ItemRecord } from '../../src/core/record.ts';
import { RUN_DEFAULTS } from '../../src/evaluate/options.ts';
import { recordingIo } from './recording-io.ts';
import { runVerb } from './run-verb.ts';

let out: string;
beforeAll(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-further-'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

const MODELS = ['random-gpt2', 'random-diffugpt'];
const SMALL = {
  models: MODELS,
  tasks: ['lambada', 'piqa'],
  passes: 7,
  steps: [2, 64],
  fixtures: true,
  limit: 3,
} as const;

async function recordsOf(score: readonly string[] | null): Promise<ReadonlyMap<string, readonly ItemRecord[]>> {
  const io = recordingIo();
  expect(await run({ ...RUN_DEFAULTS, ...SMALL, score, out }, io)).toBe(0);
  const names = await readdir(out);
  const texts = names.map(async (name) => {
    const lines = (await readFile(join(out, name, 'records.jsonl'), 'utf8')).trimEnd().split('\n');
    return [name, lines.map((line) => JSON.parse(line).record)] as const;
  });
  return new Map(await Promise.all(texts));
}

it('stands beside the bounds, changes none of them, and makes a run of its own of diffusion models alone', async () => {
  const before = await recordsOf(null);
  const after = await recordsOf(['duel:confidence', 'duel:left-to-right']);
  const added = [...after.keys()].filter((name) => !before.has(name));
  expect(added.map((name) => name.replace(/-[0-9a-f]+$/, '')).sort()).toEqual([
    'random-diffugpt-lambada-canonical',
    'random-diffugpt-piqa-canonical',
  ]);
  for (const name of added) {
    const plain = [...before].find(([other]) => other.startsWith(name.replace(/[0-9a-f]+$/, '')))?.[1] ?? [];
    after.get(name)?.forEach(({ score, response }, i) => {
      if (score.kind !== 'scored' || response.kind !== 'answered') throw new TypeError('every item has a score');
      expect({ score, response }).toMatchObject({ score: plain[i]?.score, response: { views: {} } });
      const [view] = Object.values(response.views);
      for (const { tokens, quantities } of view?.alternatives ?? []) {
        const [one, many] = [quantities['duel:confidence'], quantities['duel:confidence@64']];
        expect(many).toEqual(one);
        expect(quantities['duel:left-to-right']?.stderr).toBe(0);
        if (tokens === 1) expect(one?.value).toBeCloseTo(quantities.nelbo?.value as number, 5);
      }
      const metric = name.includes('piqa') ? 'accDuel:confidence' : 'duel:confidence';
      expect(score.values[metric]).toBeTypeOf('number');
    });
  }
});

it('is replayed to the byte, and compared with exact likelihoods like with like', async () => {
  const folders = await readdir(out);
  const manifests = folders.map(
    async (name) => [name, await readFile(join(out, name, 'manifest.json'), 'utf8')] as const,
  );
  const found = (await Promise.all(manifests)).find(([name, text]) => /lambada/.test(name) && text.includes('"duel"'));
  const further = join(out, found?.[0] ?? '');
  expect((await runVerb('replay', [further], {})).code).toBe(0);
  const causal = folders.find((name) => name.startsWith('random-gpt2-lambada')) ?? '';
  const given = { metrics: 'duel:confidence,bitsPerByte', json: true };
  const { rows } = JSON.parse((await runVerb('compare', [join(out, causal), further], given)).stdout);
  expect(rows.map(({ metric, mixesBound }: { metric: string; mixesBound: boolean }) => [metric, mixesBound])).toEqual([
    ['duel:confidence', false],
    ['bitsPerByte', true],
  ]);
});

it('bounds answers from below too where a bracket is asked for, and compares by both bounds', async () => {
  const into = join(out, 'bracket');
  const io = recordingIo();
  const given = { ...RUN_DEFAULTS, ...SMALL, tasks: ['lambada'], limit: 8, bracket: 8, out: into };
  expect(await run(given, io)).toBe(0);
  const shown = /bounded from below by 8 random orders an answer, (\d+) of the sequences/.exec(
    io.written.stdout.replaceAll(/\s+/g, ' '),
  );
  const name = (await readdir(into)).find((each) => each.startsWith('random-diffugpt')) ?? '';
  const lines = (await readFile(join(into, name, 'records.jsonl'), 'utf8')).trimEnd().split('\n');
  const responses = lines.map((line) => JSON.parse(line).record.response);
  expect(responses.reduce((sum, { bracketNfe }) => sum + bracketNfe, 0)).toBe(Number(shown?.[1]));
  const answers = responses.flatMap(({ views }) => Object.values(views as ItemViews));
  const kinds = answers.map(({ alternatives: [answer] }) => {
    const { tube, marginal, nelbo } = answer?.quantities ?? {};
    expect((tube ?? marginal)?.value).toBeLessThan((nelbo?.value as number) + 5 * (tube?.stderr ?? 0) + 1e-9);
    return [tube === undefined, marginal === undefined];
  });
  // All masks of short answers are run, so they need no bound.
  expect(new Set(kinds.map(String))).toEqual(new Set(['true,false', 'false,true']));
  expect((await runVerb('replay', [join(into, name)], {})).code).toBe(0);
  const document = JSON.parse((await runVerb('compare', [into], { models: MODELS.join(), json: true })).stdout);
  expect(document.brackets).toEqual([
    expect.objectContaining({
      task: 'lambada',
      reference: 'random-gpt2',
      verdict: expect.stringMatching(/better|worse|open/),
    }),
  ]);
});

type ItemViews = Extract<ItemRecord['response'], { kind: 'answered' }>['views'];
