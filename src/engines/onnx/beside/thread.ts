/** The program of a thread that owns sessions of onnxruntime: carries out one order after the other. */
import { parentPort, type TransferListItem } from 'node:worker_threads';
import { HarnessError } from '../../../core/errors.ts';
import { loadOnnxruntime } from '../library.ts';
import { type Session, sessionsHere } from '../sessions.ts';
import type { Answers, Failure, NumberedOrder, Order, Reply } from './messages.ts';

const sessions = new Map<number, Session>();

parentPort?.on('message', async ({ number, ...order }: NumberedOrder) => {
  try {
    const answer = await carriedOut(order);
    reply({ number, answer }, order.kind === 'run' ? memoryOf(answer as Answers['run']) : []);
  } catch (error) {
    reply({ number, failure: failureOf(error) }, []);
  }
});

function reply(message: Reply, given: readonly TransferListItem[]): void {
  parentPort?.postMessage(message, given);
}

async function carriedOut(order: Order): Promise<Answers[keyof Answers]> {
  switch (order.kind) {
    case 'load': {
      const { versions } = (await loadOnnxruntime()).env;
      return versions.node ?? versions.common;
    }
    case 'open':
      sessions.set(order.session, await sessionsHere(await loadOnnxruntime()).open(order.graph, order.options));
      return null;
    case 'run': {
      const wanted = Object.fromEntries(order.fetches.map((name) => [name, null]));
      const fetched = await (sessions.get(order.session) as Session).run(order.feeds, wanted);
      const plain = Object.entries(fetched).map(([name, { type, dims, data }]) => [name, { type, dims, data }]);
      return { fetched: Object.fromEntries(plain), carrier: order.carrier };
    }
    case 'close':
      await sessions.get(order.session)?.release();
      sessions.delete(order.session);
      return null;
    default:
      return order satisfies never;
  }
}

/** Handed over, not copied: nothing here reads it again. */
const memoryOf = ({ fetched, carrier }: Answers['run']): readonly ArrayBuffer[] => [
  ...new Set([carrier, ...Object.values(fetched).map(({ data }) => data.buffer as ArrayBuffer)]),
];

function failureOf(error: unknown): Failure {
  const { message } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof HarnessError) return { message, code: error.code, hint: error.hint };
  return { message, code: null, hint: undefined };
}
