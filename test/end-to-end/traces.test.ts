/** `--trace`: every denoising step is stored beside the records, which it does not change, and can be read without a tokenizer. */
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { run as show } from '../../src/commands/report/show.ts';
import { run } from '../../src/commands/run/run.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import { readRun } from '../../src/store/read-run.ts';
import { readTraces, untracedItems } from '../../src/store/traces/trace-file.ts';
import { recordingIo } from './recording-io.ts';

let out: string;
beforeEach(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-traces-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

/** @returns the run's folder */
async function bench(options: Partial<RunOptions>, into = 'a'): Promise<string> {
  const io = recordingIo();
  const shared = { models: ['random-diffugpt'], tasks: ['lambada-decoding'], fixtures: true, steps: [1, 2, 4] };
  expect(await run({ ...RUN_DEFAULTS, ...shared, json: true, out: join(out, into), ...options }, io)).toBe(0);
  return JSON.parse(io.written.stdout).runs[0].path;
}

const bytes = (folder: string, file: string) => readFileSync(join(folder, file));

it('leaves records, summary and the run itself as they are without', async () => {
  const plain = await bench({}, 'plain');
  const traced = await bench({ trace: true }, 'traced');
  expect(traced.split('/').at(-1)).toBe(plain.split('/').at(-1));
  for (const file of ['manifest.json', 'records.jsonl', 'summary.json']) {
    expect([file, bytes(traced, file)]).toEqual([file, bytes(plain, file)]);
  }
  expect((await readTraces(plain)).byId.size).toBe(0);
});

it('ends in the text and the passes of the record, for every item, T and draw', async () => {
  for (const options of [{}, { protocol: 'paper', draws: 2 }] as const) {
    const folder = await bench({ ...options, trace: true });
    const { records } = await readRun(folder);
    const { byId: traces } = await readTraces(folder);
    expect([...traces.keys()]).toEqual(records.map(({ id }) => id));
    for (const { id, response } of records) {
      if (response.kind !== 'written') throw new TypeError(response.kind);
      const texts = Object.entries(response.views).flatMap(([view, all]) => all.map((text) => ({ view, ...text })));
      const item = traces.get(id);
      expect(item?.texts).toHaveLength(texts.length);
      for (const { view, steps, draw, text, nfe, tokens } of texts) {
        const trace = item?.texts.find((each) => each.view === view && each.steps === steps && each.draw === draw);
        if (trace === undefined) throw new TypeError('no trace');
        expect(trace.maskable).toHaveLength(tokens);
        expect(trace.path.length).toBeLessThanOrEqual(nfe);
        if (!('protocol' in options)) expect(trace.path).toHaveLength(nfe);
        const piece = new Map<number, string>();
        for (const { positions, tokens: proposed, confidences, revealed } of trace.path) {
          expect(confidences.every((value) => value <= 0)).toBe(true);
          for (const at of revealed) piece.set(at, trace.pieces[proposed[positions.indexOf(at)] as number] as string);
        }
        expect([...piece.keys()].sort((a, b) => a - b)).toEqual(trace.maskable);
        const said = trace.maskable.map((position) => piece.get(position)).join('');
        // Special tokens are no text; decoded alone (paper), a first blank may be cut; a piece may be half a character.
        if (!text.includes('\uFFFD')) expect(said.replaceAll('<|mask|>', '').trim()).toBe(text.trim());
      }
    }
  }
});

it('stores the same bytes in every order and batch, and is JSON lines to any gzip', async () => {
  const first = await bench({ trace: true }, 'a');
  const second = await bench({ trace: true, order: 'shuffled', batchTokens: 1 }, 'b');
  expect(bytes(second, 'traces.jsonl.gz')).toEqual(bytes(first, 'traces.jsonl.gz'));
  const lines = gunzipSync(bytes(first, 'traces.jsonl.gz')).toString('utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).index)).toEqual(lines.map((_, i) => i));
});

it('adds the traces of a finished run, and mends a damaged file, without a change to records', async () => {
  const folder = await bench({});
  const { records } = await readRun(folder);
  expect(await untracedItems(folder, records)).toHaveLength(records.length);
  const before = bytes(folder, 'records.jsonl');
  await bench({ trace: true });
  const whole = bytes(folder, 'traces.jsonl.gz');
  expect(await untracedItems(folder, records)).toEqual([]);
  const damages: readonly (() => void)[] = [
    () => truncateSync(join(folder, 'traces.jsonl.gz'), whole.length - 20),
    () => appendFileSync(join(folder, 'traces.jsonl.gz'), 'x'),
  ];
  for (const damage of damages) {
    damage();
    await bench({ trace: true });
    expect(bytes(folder, 'traces.jsonl.gz')).toEqual(whole);
  }
  expect(bytes(folder, 'records.jsonl')).toEqual(before);
  const { environment } = await readRun(folder);
  expect(environment.sessions.flatMap(({ warnings }) => warnings.map(({ code }) => code))).toEqual([
    'damaged-traces',
    'damaged-traces',
  ]);
});

it('is shown as a grid or as JSON, and says how to have it where it is not stored', async () => {
  const folder = await bench({});
  const shown = async (json: boolean) => {
    const io = recordingIo();
    expect(await show({ path: folder, item: '1', trace: true, json }, io)).toBe(0);
    return io.written.stdout;
  };
  const summary = async () => {
    const io = recordingIo();
    await show({ path: folder, item: null, json: false }, io);
    return io.written.stdout;
  };
  expect(await summary()).not.toContain('steps kept');
  await expect(shown(false)).rejects.toMatchObject({
    message: expect.stringContaining('expected stored steps of item lambada-decoding/1, found none'),
    hint: expect.stringContaining('with --trace'),
  });
  await bench({ trace: true });
  expect(await summary()).toMatch(/steps kept +of 8 of 8 items\n/);
  truncateSync(join(folder, 'traces.jsonl.gz'), bytes(folder, 'traces.jsonl.gz').length - 1);
  expect(await summary()).toMatch(/steps kept +of 7 of 8 items; not of lambada-decoding\/7 \(--trace adds them\)\n/);
  const damaged = recordingIo();
  await show({ path: folder, item: '7', json: true }, damaged);
  expect(JSON.parse(damaged.written.stdout).trace).toBeNull();
  expect(damaged.written.stderr).toMatch(
    /^! .*traces\.jsonl\.gz, member 8: it is cut off; what follows is left out\n$/,
  );
  expect(await shown(false)).toMatch(
    /view default, T = 2, draw 0: 3 tokens, 2 steps[\s\S]*step 1 +\[.*\n *step 2 .*\[/,
  );
  expect(JSON.parse(await shown(true))).toEqual(
    JSON.parse(JSON.stringify((await readTraces(folder)).byId.get('lambada-decoding/1'))),
  );
});

it('is refused where nothing can be traced, before anything runs', async () => {
  for (const [options, found] of [
    [{ models: ['random-gpt2'] }, 'only autoregressive models'],
    [{ tasks: ['piqa'] }, 'only tasks whose answers are not written'],
  ] as const) {
    await expect(bench({ ...options, trace: true })).rejects.toMatchObject({
      code: 'bad-arguments',
      message: `--trace: expected a diffusion model and a writing task, found ${found}`,
    });
  }
});
