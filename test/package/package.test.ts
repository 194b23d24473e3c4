/** What is published: which files, under which names, with which types. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, expect, it } from 'vitest';
import { pack, ROOT } from './pack.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-pack-'));
afterAll(() => rmSync(folder, { recursive: true }));

const packed = pack(folder);
const paths = packed.files.map(({ path }) => path);

it('holds what runs need, and none of what only we need', () => {
  const needed = [
    'bin/bench.js',
    'dist/bundle/api.js',
    'dist/bundle/cli.js',
    'dist/bundle/testing.js',
    'dist/bundle/thread.js',
    'dist/bundle/worker-process.js',
    'dist/src/api.js',
    'dist/src/api.d.ts',
    'dist/src/report/client/main.js',
    'dist/tasks/index.js',
    'dist/test/kit/index.js',
    'models/catalog.json',
    'models/tiny-diffugpt/model.safetensors',
    'sandbox/judge.py',
    'tasks/data.lock.json',
    'tasks/fixtures/gsm8k.jsonl',
  ];
  expect(needed.filter((path) => !paths.includes(path))).toEqual([]);
  // The test in `templates` is what `bench init` writes.
  const ours = paths.filter((path) => !/^(node_modules|templates)\//.test(path));
  expect(
    ours.filter((path) =>
      /\.test\.|\.map$|^(dist\/)?scripts\/|^test\/|^dist\/test\/(?!kit\/)|^src\/|^docs\/api|^results\//.test(path),
    ),
  ).toEqual([]);
  expect(packed.unpackedSize).toBeLessThan(25e6);
});

it('brings every document that README and the help of a verb name', () => {
  const help = ['bench.js run --help', 'bench.js merge --help'].map(
    (line) => spawnSync(process.execPath, line.split(' '), { cwd: join(ROOT, 'bin'), encoding: 'utf8' }).stdout,
  );
  const named = [readFileSync(join(ROOT, 'README.md'), 'utf8'), ...help].map((text) => [
    ...new Set(text.match(/docs\/[\w-]+\.md/g)),
  ]);
  expect(named.map(({ length }) => length > 0)).toEqual([true, true, true]);
  expect(named.flat().filter((path) => !paths.includes(path))).toEqual([]);
});

it('has a bundle that imports what an installation brings, and packages that a user adds', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, object>;
  const brought = ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  );
  const files = paths.filter((path) => /^dist\/bundle\/.*\.js$/.test(path));
  const imported = files.flatMap((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const ways = [
      /^(?:import|export)\b[^'"\n]*\bfrom\s*"([^"]+)"/gm,
      /^import\s*"([^"]+)"/gm,
      /\bimport\("([^"]+)"\)/g,
      /\bcreateRequire\([^()]*\)(?:\.resolve)?\("([^"]+)"\)/g,
    ];
    return ways.flatMap((way) => [...text.matchAll(way)].map(([, name]) => name as string));
  });
  const packages = imported.flatMap((name) => /^(?!\.|node:)((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? []);
  expect(packages).toEqual(expect.arrayContaining(['zod', 'bullmq', 'onnxruntime-node']));
  expect([...new Set(packages)].filter((name) => !brought.includes(name) && name !== 'vitest')).toEqual([]);
});

it('brings what charts need, so that nothing of theirs is downloaded or compiled', () => {
  expect([...packed.bundled].sort()).toEqual(['canvas', 'chartjs-node-canvas', 'tslib']);
  expect(paths.filter((path) => path.endsWith('.node'))).toEqual([]);
});

it('has entries that publint finds no fault with', async () => {
  const tarball = new Uint8Array(readFileSync(packed.file)).buffer;
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([]);
});

it('has types that every resolver of ES modules finds', () => {
  const attw = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const args = [attw, packed.file, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji', '--no-color'];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stdout).toContain('"dlm-bench"');
  expect({ status, stdout }).toMatchObject({ status: 0 });
});

// Its script downloads CUDA libraries, or fails where it cannot; npm runs no script that the lock does not announce.
it('installs onnxruntime without its script in the project (take the line out of the lock again after an update)', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { readonly hasInstallScript?: boolean }>;
  };
  expect(packages['node_modules/onnxruntime-node']?.hasInstallScript).toBeUndefined();
});
