/**
 * Content of the hub into a file, across cut connections and interrupted commands: what has arrived stays in the file, and the
 * next try asks for the rest. The library's own download begins again.
 */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { HarnessError } from '../core/errors.ts';
import type { Bytes, Milliseconds } from '../core/units.ts';
import { hashFile, startChecksum } from './checksum.ts';
import { type Fetch, HttpError, isPassing } from './hub-error.ts';
import type { HubFile } from './listing.ts';

export interface DownloadOptions {
  readonly fetch: Fetch;
  readonly signal?: AbortSignal | undefined;
  /** Told what is in the file so far. */
  readonly onProgress?: (received: Bytes) => void;
  /** A connection that brings nothing for so long is given up; default 30 s. */
  readonly patience?: Milliseconds;
  /** Before the second try; doubled before each further one. Default 1 s. */
  readonly pause?: Milliseconds;
}

/** In a row that brought nothing. */
const TRIES = 5;

/**
 * Fills `into`, which may hold the beginning already, and checks it.
 *
 * @throws HarnessError 'bad-checkpoint' where the content has another checksum (it is removed); 'interrupted' by the signal;
 *   what the last try threw where the server fails again and again
 */
export async function download(url: string, file: HubFile, into: string, options: DownloadOptions): Promise<void> {
  const handle = await open(into, 'a+');
  try {
    const partial = await resumed(handle, into, file);
    await fill(partial, url, options);
    await handle.sync();
    await requireChecksum(partial, url);
  } finally {
    await handle.close();
  }
}

async function fill(partial: Partial, url: string, options: DownloadOptions): Promise<void> {
  let failures = 0;
  while (partial.received() < partial.file.size) {
    const before = partial.received();
    try {
      await fetchRest(partial, url, options);
    } catch (error) {
      if (options.signal?.aborted)
        throw new HarnessError('interrupted', 'download stopped', {
          cause: error,
          hint: 'repeat the command to go on',
        });
      failures = partial.received() > before ? 1 : failures + 1;
      if (failures >= TRIES || !isPassing(error) || error instanceof HarnessError) throw error;
      await setTimeout((options.pause ?? 1000) * 2 ** (failures - 1), undefined, { signal: options.signal }).catch(
        () => {},
      );
    }
  }
}

/** One request. Returns when the body ends, wherever that is. */
async function fetchRest(
  partial: Partial,
  url: string,
  { fetch, onProgress, patience = 30_000 }: DownloadOptions,
): Promise<void> {
  const stalled = new AbortController();
  const giveUp = () => stalled.abort(new Error(`nothing came for ${patience / 1000} s`));
  let timer = globalThis.setTimeout(giveUp, patience);
  try {
    const from = partial.received();
    const headers: Record<string, string> = from === 0 ? {} : { Range: `bytes=${from}-` };
    const response = await fetch(url, { headers, signal: stalled.signal });
    await partial.begin(response, url);
    for await (const part of response.body ?? []) {
      clearTimeout(timer);
      await partial.append(part as Uint8Array, url);
      onProgress?.(partial.received());
      timer = globalThis.setTimeout(giveUp, patience);
    }
    if (partial.received() < partial.file.size)
      throw new Error(`the connection ended after ${partial.received()} of ${partial.file.size} bytes`);
  } finally {
    clearTimeout(timer);
  }
}

type Partial = Awaited<ReturnType<typeof resumed>>;

/** A file that grows to the content of another, with the checksum of what it holds. */
async function resumed(handle: FileHandle, path: string, file: HubFile) {
  const begun = () => startChecksum(file.checksum.algorithm, file.size);
  let hash = begun();
  let { size: received } = await handle.stat();
  if (received > file.size) {
    await handle.truncate(0);
    received = 0;
  }
  await hashFile(hash, path, received);
  return {
    file,
    path,
    received: (): Bytes => received,
    digest: () => hash.digest('hex'),
    /** Accepts an answer: the rest, or all from the beginning where the server knows no ranges. */
    async begin(response: Response, url: string): Promise<void> {
      const isRest = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${received}-`);
      if (!response.ok && response.status !== 416) throw new HttpError(response.status, url);
      if (isRest || received === 0) return;
      await handle.truncate(0);
      hash = begun();
      received = 0;
      if (response.status !== 200)
        throw new Error(`the server does not go on where the file ends (HTTP ${response.status})`);
    },
    async append(part: Uint8Array, url: string): Promise<void> {
      if (received + part.byteLength > file.size) {
        await rm(path, { force: true });
        throw new HarnessError('bad-checkpoint', `${url}: expected ${file.size} bytes, found more; nothing was kept`);
      }
      await handle.appendFile(part);
      hash.update(part);
      received += part.byteLength;
    },
  };
}

async function requireChecksum(partial: Partial, url: string): Promise<void> {
  const { algorithm, hex } = partial.file.checksum;
  const found = partial.digest();
  if (found === hex) return;
  await rm(partial.path, { force: true });
  const name = algorithm === 'sha256' ? 'SHA-256' : 'the Git hash';
  throw new HarnessError(
    'bad-checkpoint',
    `${url}: expected content with ${name} ${hex}, found ${found}; nothing was kept`,
    {
      hint: 'repeat the command; where it happens again, what lies between here and the hub changes files',
    },
  );
}
