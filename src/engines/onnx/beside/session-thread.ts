import { type TransferListItem, Worker } from 'node:worker_threads';
import { HarnessError } from '../../../core/errors.ts';
import { turnTelemetryOff } from '../library.ts';
import { orderBegun, orderEnded } from './at-work.ts';
import type { Answers, Failure, NumberedOrder, Order, Reply } from './messages.ts';

interface Waiting {
  resolve(answer: Answers[keyof Answers]): void;
  reject(error: Error): void;
}

/** `--input-type` says what `node --eval` is given; a thread that inherits it starts no file. */
const isForFiles = (flag: string, at: number, flags: readonly string[]): boolean =>
  !/^--input-type(=|$)/.test(flag) && flags[at - 1] !== '--input-type';

/** A thread that owns sessions, seen from outside. It keeps no process alive that waits for none of its answers. */
export class SessionThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #end: Error | null = null;

  constructor(program: URL) {
    turnTelemetryOff();
    this.#worker = new Worker(program, { execArgv: process.execArgv.filter(isForFiles) });
    this.#worker.unref();
    this.#worker.on('message', (reply: Reply) => this.#answered(reply));
    this.#worker.on('error', (cause) => this.#ended(cause.message, cause));
    this.#worker.on('messageerror', (cause) => this.#ended(cause.message, cause));
    this.#worker.on('exit', (code) => this.#ended(`exit code ${code}`));
  }

  /** Orders that are not answered yet. */
  get load(): number {
    return this.#waiting.size;
  }

  /**
   * @param given memory that is handed over, not copied
   * @throws HarnessError 'engine' where the thread has ended; whatever carrying out the order threw
   */
  ask<Kind extends Order['kind']>(
    order: Extract<Order, { kind: Kind }>,
    given: readonly TransferListItem[] = [],
  ): Promise<Answers[Kind]> {
    if (this.#end !== null) return Promise.reject(this.#end);
    const number = this.#next++;
    this.#worker.postMessage({ ...order, number } satisfies NumberedOrder, given); // where this throws, nothing is waited for
    const answer = new Promise<Answers[keyof Answers]>((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
    });
    orderBegun();
    this.#worker.ref();
    return answer as Promise<Answers[Kind]>;
  }

  /** Ends the thread after the computation in hand, whatever else it was told. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #answered(reply: Reply): void {
    const waiting = this.#waiting.get(reply.number);
    if (this.#waiting.delete(reply.number)) orderEnded();
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('failure' in reply) waiting?.reject(errorOf(reply.failure));
    else waiting?.resolve(reply.answer);
  }

  #ended(why: string, cause?: Error): void {
    this.#end ??= new HarnessError('engine', `the thread that computes ended: ${why}`, {
      hint: 'what was finished is stored; the same command goes on from there',
      ...(cause === undefined ? {} : { cause }),
    });
    for (const { reject } of this.#waiting.values()) {
      reject(this.#end);
      orderEnded();
    }
    this.#waiting.clear();
  }
}

const errorOf = ({ message, code, hint }: Failure): Error =>
  code === null ? new Error(message) : new HarnessError(code, message, hint === undefined ? {} : { hint });
