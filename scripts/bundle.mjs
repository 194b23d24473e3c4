/**
 * Joins the compiled modules into few files, `dist/bundle/`: opening 600 modules one by one holds a short run up
 * (`bench-start.ts`). The command line, importers, the threads it starts and the suites for plugins share one copy of everything, in chunks.
 *
 * `dist/src` stays: types point there, and scripts of this repository import single modules.
 */
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const inProject = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Programs that a thread or a process starts lie beside the chunks that start them, under the names that these ask for. */
const ENTRIES = {
  cli: 'dist/src/cli.js',
  api: 'dist/src/api.js',
  testing: 'dist/test/kit/index.js',
  thread: 'dist/src/engines/onnx/beside/thread.js',
  'worker-process': 'dist/src/commands/run/worker-process.js',
};

/** Started, not imported for what they export: what they do when they are loaded must not happen to importers of a chunk. */
const PROGRAMS = new Set([ENTRIES.cli, ENTRIES.thread, ENTRIES['worker-process']].map(inProject));

const isOfPackage = (id) => !/^[.#]/.test(id) && !isAbsolute(id);

/**
 * What loads together: before it is known what is asked, and in a thread; to know the settings of a run; to run. The rest is split as it
 * is shared.
 */
const CHUNKS = {
  start: [ENTRIES.cli, ENTRIES.thread],
  settings: ['dist/src/commands/run/run.js'],
  run: ['dist/src/evaluate/execute-runs.js', 'dist/src/engines/onnx/engine.js'],
};

/** Of each module in a chunk, its chunk; known once all modules are. */
function chunksOf(moduleOf) {
  const chunks = new Map();
  const visit = (chunk, id) => {
    if (chunks.has(id)) return;
    chunks.set(id, chunk);
    for (const each of moduleOf(id)?.importedIds ?? []) visit(chunk, each);
  };
  for (const [chunk, paths] of Object.entries(CHUNKS)) for (const path of paths) visit(chunk, inProject(path));
  return chunks;
}

let chunks;
const groups = Object.keys(CHUNKS).map((chunk, at, all) => ({
  debugName: chunk,
  priority: all.length - at,
  name(id, context) {
    chunks ??= chunksOf((each) => context.getModuleInfo(each));
    return chunks.get(id) === chunk && !PROGRAMS.has(id) ? chunk : null;
  },
}));

const bundle = await rolldown({
  input: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, inProject(path)])),
  platform: 'node',
  external: isOfPackage,
  transform: { target: 'esnext' },
  checks: { ineffectiveDynamicImport: false },
  resolve: { alias: { '#harness': inProject('dist/src/index.js') } },
});
await bundle.write({
  dir: inProject('dist/bundle'),
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  codeSplitting: { groups },
});
await bundle.close();
