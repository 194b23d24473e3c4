/** A server on this machine that stands in for the hub, and fails as it is told. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export interface LoopbackHub {
  /** For HF_ENDPOINT. */
  readonly endpoint: string;
  /** Every request so far. */
  readonly requests: Asked[];
  /** What happens to the next requests for a file, one each; then it is served. */
  readonly faults: Fault[];
  close(): Promise<void>;
}

interface Asked {
  readonly path: string;
  readonly range: string | null;
  readonly token: string | null;
}

/** Answers a request for content in place of the server. */
export type Fault = (content: Buffer, request: IncomingMessage, response: ServerResponse) => void;

export interface LoopbackOptions {
  readonly repository?: string;
  /** Requests without it are answered with 401. */
  readonly token?: string;
  /** Where content is fetched from, after a redirect; default: here. */
  readonly storage?: string;
}

/** @param files  content by name; those of at least 1,000 bytes are listed with their SHA-256, as the hub does with large ones */
export async function startHub(
  files: Readonly<Record<string, Buffer>>,
  options: LoopbackOptions = {},
): Promise<LoopbackHub> {
  const { repository = 'owner/name' } = options;
  const hub: Pick<LoopbackHub, 'requests' | 'faults'> = { requests: [], faults: [] };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://hub').pathname);
    const { authorization = null, range = null } = request.headers;
    hub.requests.push({ path, range, token: authorization });
    if (options.token !== undefined && authorization !== `Bearer ${options.token}`) return end(response, 401);
    if (path === `/api/models/${repository}/revision/main`)
      return json(response, { _id: '1', id: repository, sha: COMMIT });
    if (path === `/api/models/${repository}/tree/${COMMIT}`) return json(response, Object.entries(files).map(listed));
    const content: Buffer | undefined = files[path.split(`/${repository}/resolve/${COMMIT}/`)[1] ?? ''];
    if (content === undefined) return end(response, 404);
    if (options.storage !== undefined) return end(response, 302, { Location: `${options.storage}${path}` });
    const fault = hub.faults.shift();
    return fault === undefined ? serve(content, request, response) : fault(content, request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { ...hub, endpoint: `http://127.0.0.1:${port}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((closed) => server.close(() => closed()));
}

const hashed = (algorithm: string, ...parts: (Buffer | string)[]): string => {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

function listed([path, content]: [string, Buffer]) {
  const oid = hashed('sha1', `blob ${content.length}\0`, content);
  const large = { lfs: { oid: hashed('sha256', content), size: content.length, pointerSize: 134 } };
  return { type: 'file', path, size: content.length, oid, ...(content.length < 1000 ? {} : large) };
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(value));
}

function end(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, headers).end();
}

/** As the hub does, ranges included. */
export function serve(content: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const partial = from === 0 ? {} : { 'Content-Range': `bytes ${from}-${content.length - 1}/${content.length}` };
  response.writeHead(from === 0 ? 200 : 206, { 'Content-Length': content.length - from, ...partial });
  response.end(content.subarray(from));
}
