/** A cable between clients and a server of this machine, which may be cut: bytes then wait on either side, as a network does with them. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Milliseconds } from '../../src/core/units.ts';

export class Cable {
  readonly #server: Server;
  readonly #to: number;
  readonly #sockets = new Set<Socket>();
  /** Clients that came while it was cut. */
  #waiting: Socket[] = [];
  #isCut = false;
  port = 0;

  private constructor(to: number) {
    this.#to = to;
    this.#server = createServer({ pauseOnConnect: true }, (client) => this.#came(client));
  }

  /** @param to port of the server */
  static async laid(to: number): Promise<Cable> {
    const cable = new Cable(to);
    cable.#server.listen(0, '127.0.0.1');
    await once(cable.#server, 'listening');
    const address = cable.#server.address();
    cable.port = typeof address === 'object' && address !== null ? address.port : 0;
    return cable;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** @param broken connections end with the cut, as where a router forgot them; else they go on */
  async cutFor(time: Milliseconds, broken = false): Promise<void> {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.pause();
    await sleep(time);
    this.#isCut = false;
    if (broken) for (const socket of this.#sockets) socket.destroy();
    for (const socket of this.#sockets) socket.resume();
    for (const client of this.#waiting.splice(0)) this.#join(client);
  }

  end(): void {
    for (const socket of [...this.#sockets, ...this.#waiting]) socket.destroy();
    this.#server.close();
  }

  #came(client: Socket): void {
    client.on('error', () => client.destroy());
    if (this.#isCut) this.#waiting.push(client);
    else this.#join(client);
  }

  #join(client: Socket): void {
    const server = connect(this.#to, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => from.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    client.resume();
  }
}
