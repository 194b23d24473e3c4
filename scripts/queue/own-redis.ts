/** A Redis of its own for a test or a measurement, which may kill it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What needs it is skipped where there is none; `apt-get install redis-server` brings it. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export class OwnRedis {
  readonly port: number;
  readonly #folder: string;
  readonly #flags: readonly string[];
  #server: ChildProcess | null = null;

  private constructor(port: number, folder: string, flags: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#flags = flags;
  }

  static async start(folder: string, flags: readonly string[] = []): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort(), folder, flags);
    await redis.restart();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async restart(): Promise<void> {
    const flags = ['--port', String(this.port), '--save', '', '--dir', this.#folder, ...this.#flags];
    this.#server = spawn('redis-server', flags, { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries++) {
      if (await answers(this.port)) return;
      await sleep(50);
    }
    throw new Error('redis-server did not start within 10 s');
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  async kill(): Promise<void> {
    if (this.#server === null) return;
    const gone = once(this.#server, 'exit');
    this.#server.kill('SIGKILL');
    await gone;
    this.#server = null;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
