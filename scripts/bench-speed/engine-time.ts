/**
 * Loaded before a program of ours (`node --import`): writes down when onnxruntime computes, in whichever thread, as lines of
 * `from to` in milliseconds to the file that BENCH_ENGINE_TIMES names.
 */
import { appendFileSync } from 'node:fs';
import Module from 'node:module';

interface Handler {
  run(...given: unknown[]): Promise<unknown>;
}

interface Backend {
  createInferenceSessionHandler(...given: unknown[]): Promise<Handler>;
}

type Load = (request: string, ...rest: readonly unknown[]) => Record<string, unknown>;

const loader = Module as unknown as { _load: Load };
const load = loader._load;
loader._load = (request, ...rest) => {
  const loaded = load.call(loader, request, ...rest);
  const backend = request === './backend' ? (loaded.onnxruntimeBackend as Backend | undefined) : undefined;
  if (backend !== undefined) watch(backend);
  return loaded;
};

const watched = new WeakSet<Backend>();

function watch(backend: Backend): void {
  if (watched.has(backend)) return;
  watched.add(backend);
  const create = backend.createInferenceSessionHandler;
  backend.createInferenceSessionHandler = async (...given) => {
    const handler = await create.apply(backend, given);
    const run = handler.run;
    handler.run = async (...feeds) => {
      // The library computes in the next turn of the event loop.
      await new Promise(setImmediate);
      const from = performance.timeOrigin + performance.now();
      const fetched = await run.apply(handler, feeds);
      appendFileSync(
        process.env.BENCH_ENGINE_TIMES as string,
        `${from} ${performance.timeOrigin + performance.now()}\n`,
      );
      return fetched;
    };
    return handler;
  };
}
