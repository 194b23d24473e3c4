import { afterEach, expect, it, vi } from 'vitest';

const threads = vi.hoisted(() => ({ isMainThread: true }));
vi.mock('node:worker_threads', async (original) => ({
  ...(await original<typeof import('node:worker_threads')>()),
  get isMainThread() {
    return threads.isMainThread;
  },
}));
const { loadOnnxruntime } = await import('./library.ts');

afterEach(() => {
  threads.isMainThread = true;
  vi.unstubAllEnvs();
});

it('turns telemetry off before it loads the library, whatever the environment said', async () => {
  vi.stubEnv('ORT_DISABLE_TELEMETRY', '0');
  expect((await loadOnnxruntime()).InferenceSession).toBeDefined();
  expect(process.env.ORT_DISABLE_TELEMETRY).toBe('1');
});

it('refuses a worker thread whose process did not', async () => {
  threads.isMainThread = false;
  vi.stubEnv('ORT_DISABLE_TELEMETRY', undefined);
  await expect(loadOnnxruntime()).rejects.toMatchObject({
    code: 'engine',
    message:
      'onnxruntime in a worker thread: expected ORT_DISABLE_TELEMETRY=1 in the environment of the process, found nothing',
  });
  vi.stubEnv('ORT_DISABLE_TELEMETRY', '1');
  expect((await loadOnnxruntime()).InferenceSession).toBeDefined();
});
