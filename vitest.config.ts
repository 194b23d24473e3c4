import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const EVERYWHERE = ['src', 'tasks', 'scripts', 'test'].map((folder) => `${folder}/**/*.test.ts`);
/**
 * Files that change what others in their process would see (registries, mocked modules), those that see what others change (onnxruntime leaves a thread
 * that computed with it without denormal numbers), and those that start processes of their own anyway.
 */
const ALONE = [
  'src/engines/onnx/library.test.ts',
  'src/evaluate/lazy-judge.test.ts',
  'test/golden/formats/gguf.test.ts',
  ...['api', 'device', 'end-to-end', 'package', 'sandbox'].map((folder) => `test/${folder}/**/*.test.ts`),
];

export default defineConfig({
  resolve: { alias: { '#harness': fileURLToPath(new URL('./src/index.ts', import.meta.url)) } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A browser or a process may wait for a processor of a busy machine.
    expect: { poll: { timeout: 10_000 } },
    pool: 'forks',
    maxWorkers: 2,
    // A process a file takes a quarter of the time of the suite: most files share two.
    projects: [
      { extends: true, test: { name: 'shared', isolate: false, include: EVERYWHERE, exclude: ALONE } },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});
