/** Shares of a run, computed apart and merged, have the bytes of the run that one machine makes. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { verb as mergeVerb } from '../../src/commands/run/merge.ts';
import { run } from '../../src/commands/run/run.ts';
import { settled } from '../../src/commands/shell/command-line.ts';
import { canonicalJson } from '../../src/core/text/canonical-json.ts';
import { sha256 } from '../../src/core/text/digest.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import { readEnvironment } from '../../src/store/environment-file.ts';
import { parseRecordLine, recordLine } from '../../src/store/records/record-file.ts';
import { recordingIo } from './recording-io.ts';

const OF = 3;
const ITEMS = 150;
const BYTES = ['manifest.json', 'records.jsonl', 'questions.jsonl.gz', 'summary.json'];

let parent = '';
let whole = '';
beforeAll(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  vi.setConfig({ testTimeout: 60_000 });
  parent = await mkdtemp(join(tmpdir(), 'bench-shards-'));
  whole = join(parent, 'whole');
  await scored({ out: whole });
  for (let number = 1; number <= OF; number++) await scored({ out: join(parent, 'parts'), shard: { number, of: OF } });
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(parent, { recursive: true });
});

async function scored(changes: Partial<RunOptions>): Promise<void> {
  const given = {
    models: ['tiny-gpt2', 'tiny-diffugpt'],
    tasks: ['stories-choice'],
    limit: ITEMS,
    passes: 4,
    steps: [4],
  };
  expect(await run({ ...RUN_DEFAULTS, ...given, json: true, ...changes }, recordingIo())).toBe(0);
}

interface Merged {
  readonly runs: readonly {
    readonly model: string;
    readonly items: number;
    readonly unfinished: readonly number[];
    readonly contradicted: readonly string[];
    readonly damaged: readonly string[];
    readonly folder: string;
  }[];
}

async function merged(folders: readonly string[], flags = {}): Promise<[number, Merged]> {
  const io = recordingIo();
  const code = await mergeVerb.run(await settled(mergeVerb, { json: true, ...flags }, folders), io);
  return [code, JSON.parse(io.written.stdout)];
}

/** Copies the runs of a folder as if another engine had made them. */
function copyAsComputedBy(engine: string, from: string, to: string): void {
  for (const name of readdirSync(from)) {
    const manifest = JSON.parse(readFileSync(join(from, name, 'manifest.json'), 'utf8'));
    const other = canonicalJson({ ...manifest, model: { ...manifest.model, engine } });
    const folder = join(to, name.replace(/[0-9a-f]{12}$/, sha256(other).slice(0, 12)));
    cpSync(join(from, name), folder, { recursive: true });
    writeFileSync(join(folder, 'manifest.json'), other);
  }
}

const copyOfParts = (name: string): string => {
  const copy = join(parent, name);
  cpSync(join(parent, 'parts'), copy, { recursive: true });
  return copy;
};
const share = (folder: string, number: number): string => join(folder, `shard-${number}-of-${OF}`);

it('merge to the bytes of a run on one machine, with the sessions of all', async () => {
  const out = join(parent, 'merged');
  const [code, { runs }] = await merged([join(parent, 'parts')], { out });
  expect(code).toBe(0);
  expect(runs.map(({ items }) => items)).toEqual([ITEMS, ITEMS]);
  expect(readdirSync(out).sort()).toEqual(readdirSync(whole).sort());
  for (const name of readdirSync(whole)) {
    for (const file of BYTES) {
      expect(readFileSync(join(out, name, file)).equals(readFileSync(join(whole, name, file))), `${name}/${file}`).toBe(
        true,
      );
    }
    const { environment } = await readEnvironment(join(out, name));
    expect(environment.sessions.map((session) => session.share).sort()).toEqual(['1/3', '2/3', '3/3']);
    expect(environment.sessions.reduce((sum, { items }) => sum + items, 0)).toBe(ITEMS);
  }
});

it('merge one after the other, in any order, and name the commands that fill the holes', async () => {
  const [parts, out] = [copyOfParts('late'), join(parent, 'late-merged')];
  const [code, { runs }] = await merged([share(parts, 3)], { out });
  expect(code).toBe(1);
  expect(runs[0]?.unfinished).toEqual([1, 2]);
  const io = recordingIo();
  await mergeVerb.run(await settled(mergeVerb, { out }, [share(parts, 2)]), io);
  expect(io.written.stdout).toMatch(
    /items are missing; repeat its bench run command with --shard 1\/3, and merge again/,
  );
  expect((await merged([share(parts, 1)], { out }))[0]).toBe(0);
  expect((await merged([parts], { out }))[0]).toBe(0);
  for (const name of readdirSync(whole)) {
    expect(
      readFileSync(join(out, name, 'records.jsonl')).equals(readFileSync(join(whole, name, 'records.jsonl'))),
    ).toBe(true);
  }
});

it('say in their tables that they are shares, and what joins them', async () => {
  const io = recordingIo();
  const given = { models: ['tiny-gpt2'], tasks: ['stories-choice'], limit: ITEMS, shard: { number: 3, of: OF } };
  expect(await run({ ...RUN_DEFAULTS, ...given, out: join(parent, 'parts') }, io)).toBe(0);
  expect(io.written.stdout.replaceAll(/\s+/g, ' ')).toContain('share 3/3, 22 items; bench merge joins the shares');
  expect(io.written.stdout).not.toContain('interrupted');
});

it('resume as a whole run does', async () => {
  const parts = copyOfParts('resumed');
  const [name = ''] = readdirSync(share(parts, 2));
  const records = join(share(parts, 2), name, 'records.jsonl');
  const before = readFileSync(records);
  writeFileSync(records, before.subarray(0, before.indexOf(0x0a) + 1));
  await scored({ out: parts, shard: { number: 2, of: OF } });
  expect(readFileSync(records).equals(before)).toBe(true);
});

it('say what of a part cannot be read, though the records are whole', async () => {
  const [parts, out] = [copyOfParts('damaged'), join(parent, 'damaged-merged')];
  const [name = ''] = readdirSync(share(parts, 1)).filter((each) => each.startsWith('tiny-gpt2'));
  const file = join(share(parts, 1), name, 'environment.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"seconds": [\d.e-]+/, '"seconds": 99'));
  const [code, { runs }] = await merged([parts], { out });
  expect(code).toBe(0);
  expect(runs.flatMap(({ damaged }) => damaged)).toEqual([
    expect.stringContaining(`${file} cannot be read (its content is not what its sha256 says)`),
  ]);
  const io = recordingIo();
  await mergeVerb.run(await settled(mergeVerb, { out }, [parts]), io);
  expect(io.written.stdout).toContain(`stories-choice, tiny-gpt2: ${file} cannot be read`);
});

it.each([
  [
    'emptied',
    (records: string) => records.slice(0, 0),
    /shard-2-of-3\/tiny-gpt2\S+ holds 0 items, of \d+ that were stored/,
  ],
  [
    'damaged',
    (records: string) => records.replace('"id"', '"ID"'),
    /shard-2-of-3\/tiny-gpt2\S+records\.jsonl, line 1: /,
  ],
] as const)(
  'name the share whose records are %s, its folder, and the command that computes them',
  async (how, damage, told) => {
    const [parts, out] = [copyOfParts(`records-${how}`), join(parent, `records-${how}-merged`)];
    const [name = ''] = readdirSync(share(parts, 2)).filter((each) => each.startsWith('tiny-gpt2'));
    const file = join(share(parts, 2), name, 'records.jsonl');
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    const io = recordingIo();
    expect(await mergeVerb.run(await settled(mergeVerb, { out }, [parts]), io)).toBe(1);
    expect(io.written.stdout).toMatch(told);
    expect(io.written.stdout).toMatch(
      /tiny-gpt2: \d+ items are missing; repeat its bench run command with --shard 2\/3, and merge again/,
    );
    await scored({ out: parts, shard: { number: 2, of: OF } });
    const [code, { runs }] = await merged([parts], { out });
    expect([code, runs.flatMap(({ damaged }) => damaged)]).toEqual([0, []]);
  },
);

it('name every share where nothing says which one lacks items', async () => {
  const [parts, out] = [copyOfParts('unknown'), join(parent, 'unknown-merged')];
  for (const number of [1, 2, 3]) {
    for (const name of readdirSync(share(parts, number))) {
      const file = join(share(parts, number), name, 'environment.json');
      const { sha256: _seal, ...environment } = JSON.parse(readFileSync(file, 'utf8'));
      const sessions = environment.sessions.map((session: object) => ({ ...session, items: 0 }));
      writeFileSync(file, JSON.stringify({ ...environment, sessions }));
      if (number === 2) writeFileSync(join(share(parts, number), name, 'records.jsonl'), '');
    }
  }
  const [code, { runs }] = await merged([parts], { out });
  expect([code, runs.map(({ unfinished }) => unfinished)]).toEqual([
    1,
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
  ]);
});

describe('parts that contradict each other', () => {
  it('are said to, with both machines, and the first record stays', async () => {
    const parts = copyOfParts('contradiction');
    const [name = ''] = readdirSync(share(parts, 1));
    cpSync(share(parts, 1), share(parts, 2), { recursive: true, force: false });
    const other = join(parent, 'other', name);
    cpSync(join(share(parts, 1), name), other, { recursive: true });
    const records = join(other, 'records.jsonl');
    const [first = '', ...lines] = readFileSync(records, 'utf8').split('\n');
    const parsed = parseRecordLine(Buffer.from(first));
    if (parsed.kind === 'damaged') return expect.fail(parsed.problem);
    const changed = recordLine({ ...parsed.record, cluster: 'another' });
    writeFileSync(records, [changed.trimEnd(), ...lines].join('\n'));
    const [code, { runs }] = await merged([parts, join(parent, 'other')], { out: join(parent, 'contradicted') });
    expect(code).toBe(1);
    const found = runs.find(({ contradicted }) => contradicted.length > 0);
    expect(found?.contradicted).toHaveLength(1);
    const { environment } = await readEnvironment(found?.folder ?? '');
    expect(environment.sessions.at(-1)?.warnings[0]).toMatchObject({
      code: 'not-reproduced',
      exampleIds: found?.contradicted,
    });
  });
});

describe('parts of different runs', () => {
  it('are refused by the setting that differs', async () => {
    const parts = join(parent, 'seeds');
    await scored({ out: parts, shard: { number: 1, of: OF }, seed: 1, models: ['tiny-diffugpt'] });
    rmSync(join(parent, 'nowhere'), { recursive: true, force: true });
    await expect(
      merged([share(join(parent, 'parts'), 2), share(parts, 1)], { out: join(parent, 'nowhere') }),
    ).rejects.toMatchObject({
      code: 'bad-arguments',
      message: expect.stringMatching(/^expected parts of one run, found .* with settings\.seed 0 and .* with 1$/),
    });
  });

  it('join with another engine only where that is allowed, and then say so', async () => {
    const parts = join(parent, 'engines');
    cpSync(share(join(parent, 'parts'), 1), share(parts, 1), { recursive: true });
    for (const number of [2, 3])
      copyAsComputedBy('onnx-cpu 1.29.0', share(join(parent, 'parts'), number), share(parts, number));
    const out = join(parent, 'mixed');
    await expect(merged([parts], { out })).rejects.toThrow(
      /with model\.engine "onnx-cpu .* and .* with "onnx-cpu 1\.29\.0"$/,
    );
    const [, { runs }] = await merged([parts], { out, 'allow-different': true });
    const run = runs.find(({ model }) => model === 'tiny-gpt2');
    expect(run?.items).toBe(ITEMS);
    const { environment } = await readEnvironment(run?.folder ?? '');
    const warnings = environment.sessions.flatMap((session) => session.warnings.map(({ code }) => code));
    expect(warnings).toEqual(['mixed-engines', 'mixed-engines']);
  });
});

it('are cut as --shard says, which is checked', async () => {
  for (const shard of ['0/3', '4/3', '3', 'x/2']) {
    const { verb } = await import('../../src/commands/run/run.ts');
    await expect(settled(verb, { models: 'tiny-gpt2', shard })).rejects.toThrow(
      /--shard: expected a share such as 3\/16/,
    );
  }
});
