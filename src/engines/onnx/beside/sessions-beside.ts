/**
 * Sessions in threads of their own: while they compute, this one prepares what comes next, scores and stores what came before,
 * and hears Ctrl-C.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PlainTensor, PlainTensors, Session, SessionOptions, Sessions } from '../sessions.ts';
import { load } from './carrier.ts';
import { SessionThread } from './session-thread.ts';

export interface SessionThreads {
  /** Of onnxruntime. */
  readonly version: string;
  /** @param lanes threads that hold the same session each, and compute side by side */
  sessions(lanes: number): Sessions;
}

/** Absent where the sources run as they are: a thread needs the compiled program. */
const PROGRAM = new URL('./thread.js', import.meta.url);

/** null where there is no compiled program of a thread. @throws HarnessError 'engine' where onnxruntime cannot be loaded */
export async function sessionThreads(program = PROGRAM): Promise<SessionThreads | null> {
  if (!existsSync(fileURLToPath(program))) return null;
  const threads = [new SessionThread(program)];
  const [first] = threads as [SessionThread];
  let opened = 0;
  return {
    version: await first.ask({ kind: 'load' }),
    sessions: (lanes) => ({
      open: (graph, options) => {
        while (threads.length < lanes) threads.push(new SessionThread(program));
        const own = lanes === 1 ? options : { ...options, intraOpNumThreads: 1 };
        return openIn(threads.slice(0, lanes), { session: opened++, graph, options: own });
      },
    }),
  };
}

interface Opening {
  readonly session: number;
  readonly graph: Uint8Array;
  readonly options: SessionOptions;
}

/** Once one thread can compute; the others join it, and one that cannot is told to whoever asks next. */
async function openIn(threads: readonly SessionThread[], opening: Opening): Promise<Session> {
  const { session } = opening;
  const joined: SessionThread[] = [];
  const joining = threads.map(async (thread) => {
    await thread.ask({ kind: 'open', ...opening });
    joined.push(thread);
  });
  const spare: ArrayBuffer[] = [];
  let failure: Error | null = null;
  for (const each of joining) each.catch((error: Error) => (failure ??= error));
  const release = async (): Promise<void> => {
    await Promise.allSettled(joining);
    await Promise.all(joined.map((thread) => thread.ask({ kind: 'close', session })));
  };
  await Promise.race(joining).catch(async (error: unknown) => {
    await release().catch(() => {});
    throw error;
  });
  return {
    atOnce: threads.length + 1,
    run: async (feeds, fetches) => {
      if (failure !== null) throw failure;
      const thread = joined.reduce((least, each) => (each.load < least.load ? each : least));
      const loaded = load(feeds, spare.pop());
      const order = { kind: 'run', session, ...loaded, fetches: Object.keys(fetches) } as const;
      const { fetched, carrier } = await thread.ask(order, [loaded.carrier]);
      spare.push(carrier);
      return inPlace(fetched, fetches);
    },
    release,
  };
}

/** Puts what was fetched into the memory that was named for it. */
function inPlace(fetched: PlainTensors, places: Readonly<Record<string, PlainTensor | null>>): PlainTensors {
  for (const [name, place] of Object.entries(places)) {
    (place?.data as Float32Array | undefined)?.set((fetched[name]?.data ?? []) as Float32Array);
  }
  return fetched;
}
