/** Text files as published: UTF-8, plain or gzip, with or without a byte-order mark, LF or CRLF. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { HarnessError } from '../core/errors.ts';
import type { Bytes } from '../core/units.ts';
import { isSystemError, systemWords } from '../files/system-error.ts';

/** No string of JavaScript is longer (2^29 − 24 units); what a few bytes of gzip may grow to is bounded. */
const LARGEST_TEXT: Bytes = 500_000_000;

/** The content of a file; one whose bytes are gzip is unpacked, whatever its name. */
export async function readContent(path: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    const { found, hint } = systemWords(cause);
    throw new HarnessError('missing-dataset', `cannot read ${path}: ${found}`, { cause, hint });
  }
  return unpacked(bytes, path);
}

/** The bytes, or what they hold if they are a gzip file. `name` is for the message. */
export function unpacked(bytes: Buffer, name: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST_TEXT });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
      const problem = `${name}: expected at most ${LARGEST_TEXT} bytes in a gzip file, found more`;
      throw new HarnessError('bad-dataset', problem, { hint: 'unpack it and split it into several files', cause });
    }
    throw new HarnessError('bad-dataset', `${name}: expected a whole gzip file, found a damaged or cut one`, { cause });
  }
}

/**
 * The text of a file as it stands, less a byte-order mark.
 *
 * @throws HarnessError 'bad-dataset' on bytes that are not UTF-8
 */
export async function readText(path: string): Promise<string> {
  const content = await readContent(path);
  if (content.length > LARGEST_TEXT) {
    throw new HarnessError('bad-dataset', `${path}: expected at most ${LARGEST_TEXT} bytes, found ${content.length}`, {
      hint: 'split it into several files',
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new HarnessError('bad-dataset', `${path}: expected UTF-8 text, found other bytes`, { cause });
  }
}

/**
 * The lines of a text file, without their ends. Only LF and CRLF end a line (JSON may hold other Unicode line ends);
 * blank lines at the end of the file are dropped, blank lines elsewhere are kept.
 *
 * @throws HarnessError 'bad-dataset' on bytes that are not UTF-8
 */
export async function readLines(path: string): Promise<string[]> {
  const lines = (await readText(path)).split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
  return lines;
}
