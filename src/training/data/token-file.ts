/**
 * A text corpus as token ids in one file, made once and read in place: what is in memory never grows with the corpus.
 * Documents follow each other with EOS between them.
 */

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { digestOf } from '../../core/text/digest.ts';
import type { Bytes, Tokens } from '../../core/units.ts';
import { makeFolder, openDraft, replaceFile } from '../../files/draft.ts';
import { isFile } from '../../files/file-bytes.ts';
import { readIfThere } from '../../files/read-line.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';

/** Where one document ends and the next begins, besides the ends of files. */
export const DOCUMENT_MARK = '<|endoftext|>';
/** Text that is encoded in one go; cut behind a line end. */
const PIECE: Bytes = 1 << 20;
/** Raised when the same text gives other tokens. */
const FORMAT = 1;

export interface TokenFile {
  readonly tokens: Tokens;
  /** SHA-256 of texts, tokenizer and format. */
  readonly digest: string;
  /** Reads ids from place `from` on; synchronous, for the page cache has them. */
  read(from: number, into: Int32Array): void;
  close(): void;
}

/**
 * The token file of a text file or of a folder's `.txt` files (by name), made under `cacheFolder` if it is not there.
 *
 * @throws HarnessError 'missing-dataset' when there is no text, 'missing-tokenizer' when the tokenizer has no EOS
 */
export async function openTokenFile(path: string, tokenizer: Tokenizer, cacheFolder: string): Promise<TokenFile> {
  const files = await textFilesOf(path);
  const digest = digestOf({
    format: FORMAT,
    texts: await Promise.all(files.map(fileDigest)),
    tokenizer: tokenizer.digest,
  });
  const file = join(cacheFolder, 'tokens', `${digest}.${tokenizer.size <= 0x10000 ? 'u16' : 'i32'}`);
  if (!(await isWhole(file))) await writeTokens(files, tokenizer, file);
  return reading(file, digest, tokenizer.size);
}

/** It is there and holds what was written: a cut or changed cache would train other weights under the same digests. */
async function isWhole(file: string): Promise<boolean> {
  const expected = await readIfThere(`${file}.sha256`);
  return expected !== null && (await isFile(file)) && expected.toString().trim() === (await fileDigest(file));
}

/** @throws HarnessError 'missing-dataset' */
export async function textFilesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) return [path];
  const names = found?.isDirectory() ? (await readdir(path)).filter((name) => name.endsWith('.txt')).sort() : [];
  if (names.length > 0) return names.map((name) => join(path, name));
  const hint = 'name plain text (.txt) or prompt and answer pairs (.jsonl) with --data';
  throw new HarnessError('missing-dataset', `expected a text file, or a folder with .txt files, at ${path}`, { hint });
}

async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function writeTokens(files: readonly string[], tokenizer: Tokenizer, file: string): Promise<void> {
  const { eosId } = tokenizer;
  if (eosId === null) {
    throw new HarnessError('missing-tokenizer', 'a text corpus needs a tokenizer with an EOS token, this one has none');
  }
  await makeFolder(join(file, '..'));
  const draft = await openDraft(file);
  try {
    for (const text of files) {
      for await (const document of documentPieces(text)) {
        const ids = [...tokenizer.encode(document.text, { specialTokens: false }), ...(document.isLast ? [eosId] : [])];
        const bytes = file.endsWith('.u16') ? bytesOf(Uint16Array.from(ids)) : bytesOf(Int32Array.from(ids));
        await draft.file.appendFile(bytes);
      }
    }
    await draft.commit();
    await replaceFile(`${file}.sha256`, `${await fileDigest(file)}\n`);
  } finally {
    await draft.discard();
  }
}

interface DocumentPiece {
  readonly text: string;
  /** The document ends with it. */
  readonly isLast: boolean;
}

/** The documents of a file in pieces of about `PIECE` characters. Blanks around a document are dropped, and empty ones. */
export async function* documentPieces(file: string): AsyncGenerator<DocumentPiece> {
  let held = '';
  let isBegun = false;
  const pieces = function* (isEnd: boolean): Generator<DocumentPiece> {
    for (;;) {
      const mark = held.indexOf(DOCUMENT_MARK);
      if (mark < 0 && !isEnd) break;
      const rest = mark < 0 ? held : held.slice(0, mark);
      const text = isBegun ? rest.trimEnd() : rest.trim(); // what separates it from the piece before stays
      if (text !== '' || isBegun) yield { text, isLast: true };
      isBegun = false;
      held = mark < 0 ? '' : held.slice(mark + DOCUMENT_MARK.length);
      if (mark < 0) return;
    }
    const cut = held.length < PIECE ? -1 : held.lastIndexOf('\n');
    if (cut < 0) return;
    yield { text: isBegun ? held.slice(0, cut) : held.slice(0, cut).trimStart(), isLast: false };
    isBegun = true;
    held = held.slice(cut);
  };
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: PIECE })) {
    held += String(chunk);
    yield* pieces(false);
  }
  yield* pieces(true);
}

function reading(file: string, digest: string, size: number): TokenFile {
  const descriptor = openSync(file, 'r');
  const width = file.endsWith('.u16') ? 2 : 4;
  const tokens = fstatSync(descriptor).size / width;
  return {
    tokens,
    digest,
    read(from, into) {
      if (from < 0 || from + into.length > tokens)
        throw new RangeError(`${file}: no tokens ${from}, ${into.length} on`);
      const halves = width === 2 ? new Uint16Array(into.length) : null;
      const bytes = bytesOf(halves ?? into);
      let done = 0;
      while (done < bytes.length) {
        const read = readSync(descriptor, bytes, done, bytes.length - done, from * width + done);
        if (read === 0) throw new HarnessError('bad-dataset', `${file} has become shorter while it was read`);
        done += read;
      }
      if (halves !== null) into.set(halves);
      const wrong = into.findIndex((id) => id < 0 || id >= size);
      if (wrong < 0) return;
      const found = `found ${into[wrong]} at place ${from + wrong}`;
      const hint = 'delete this file: it is made again from the text';
      throw new HarnessError('bad-dataset', `${file}: expected token ids below ${size}, ${found}`, { hint });
    },
    close: () => closeSync(descriptor),
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint16Array | Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
