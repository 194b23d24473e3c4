import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';
import { label } from './parse-row.ts';
import { readJsonl, readLabelledJsonl } from './read-jsonl.ts';
import { readLineGroups } from './read-line-groups.ts';
import { readParquet } from './read-parquet.ts';
import { readLines } from './read-text.ts';

const folder = await mkdtemp(join(tmpdir(), 'bench-readers-'));
const schema = z.object({ text: z.string(), label: label(0, 1) });

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

const failure = (promise: Promise<unknown>): Promise<HarnessError> =>
  promise.then(
    () => Promise.reject(new RangeError('expected a failure')),
    (error) => (error instanceof HarnessError ? error : Promise.reject(error)),
  );

describe('readLines', () => {
  it('gives the same lines with and without BOM, CRLF, final newline, blank last lines and gzip', async () => {
    for (const content of ['a\nb', 'a\nb\n', '\uFEFFa\r\nb\r\n', 'a\nb\n\n \n']) {
      expect(await readLines(await file('lines.txt', content))).toEqual(['a', 'b']);
      expect(await readLines(await file('lines.txt.gz', gzipSync(content)))).toEqual(['a', 'b']);
    }
  });

  it('ends lines at LF only, and keeps blank lines inside', async () => {
    const separator = String.fromCodePoint(0x2028);
    expect(await readLines(await file('inner.txt', `a${separator}b\n\nc\n`))).toEqual([`a${separator}b`, '', 'c']);
  });

  it('refuses bytes that are not UTF-8, cut gzip files and absent files', async () => {
    expect((await failure(readLines(await file('latin1.txt', Uint8Array.of(0x63, 0xe9, 0x0a))))).code).toBe(
      'bad-dataset',
    );
    const cut = gzipSync('some text that is long enough to be cut').subarray(0, 20);
    expect((await failure(readLines(await file('cut.gz', cut)))).message).toMatch(/whole gzip file/);
    expect(await failure(readLines(join(folder, 'absent.txt')))).toMatchObject({
      code: 'missing-dataset',
      message: `cannot read ${join(folder, 'absent.txt')}: there is no such file or folder`,
      hint: 'check the path',
    });
  });
});

describe('readJsonl', () => {
  it('parses rows and drops unknown fields', async () => {
    const path = await file('rows.jsonl', '{"text":"a","label":"1","extra":2}\n{"text":"b","label":0}\n\n');
    expect(await readJsonl(path, schema)).toEqual([
      { text: 'a', label: 1 },
      { text: 'b', label: 0 },
    ]);
  });

  it('names file, line, field, what was expected and what was found', async () => {
    const path = await file('bad.jsonl', '{"text":"a","label":1}\n{"text":7,"label":1}\n');
    const error = await failure(readJsonl(path, schema));
    expect(error.code).toBe('bad-dataset');
    expect(error.message).toBe(`${path}, line 2, field text: expected string, found 7`);
    expect(error.hint).toBe('correct that line, or the schema of the rows; bench data verify checks published files');
  });

  it.each([
    [z.array(z.string()).length(2), ['ball'], 'array to have exactly 2 items'],
    [z.string().min(3), 'ab', 'string to have >=3 characters'],
    [z.enum(['a', 'b']), 'c', 'one of "a"|"b"'],
    [z.number(), 'c', 'number'],
    [z.string('expected a word'), 7, 'a word'],
    [z.string().min(1, { message: 'a question' }), '', 'a question'],
    [z.string().startsWith('q'), 'a', 'string that must start with "q"'],
    [z.email(), 'a', 'a valid email address'],
    [z.union([z.string(), z.number()]), true, 'string or number'],
    [z.union([z.string(), z.number()], 'a text or a whole number'), null, 'a text or a whole number'],
    [z.string().refine(() => false), 'a', 'a valid value'],
  ])('says once what is expected (%#)', async (field, value, expected) => {
    const path = await file('expected.jsonl', JSON.stringify({ a: value }));
    const error = await failure(readJsonl(path, z.object({ a: field })));
    expect(error.message).toBe(`${path}, line 1, field a: expected ${expected}, found ${JSON.stringify(value)}`);
  });

  it('names a field that a strict schema does not know', async () => {
    const path = await file('unknown.jsonl', '{"a":1,"b":2}');
    const error = await failure(readJsonl(path, z.strictObject({ a: z.number() })));
    expect(error.message).toBe(`${path}, line 1, field b: expected no such field, found 2`);
  });

  it('refuses labels out of range, the empty label, cut lines, other JSON values and blank lines inside', async () => {
    const message = async (line: string) =>
      (await failure(readJsonl(await file('one.jsonl', `${line}\n{"text":"last","label":1}\n`), schema))).message;
    expect(await message('{"text":"a","label":2}')).toMatch(
      /line 1, field label: expected an integer from 0 to 1, found 2$/,
    );
    expect(await message('{"text":"a","label":""}')).toMatch(/found ""$/);
    expect(await message('{"text":"a"}')).toMatch(/field label: expected an integer from 0 to 1, found nothing$/);
    expect(await message('{"text":"a","la')).toMatch(/expected a JSON object, found/);
    expect(await message('["a",1]')).toMatch(/expected a JSON object, found \["a",1\]$/);
    expect(await message('')).toMatch(/line 1: expected a JSON object, found ""$/);
  });

  it('joins labels of a second file, and refuses another number of them', async () => {
    const rows = await file('rows.jsonl', '{"text":"a"}\n{"text":"b"}\n');
    expect(await readLabelledJsonl(rows, await file('labels.lst', '1\r\n0\r\n'), schema)).toEqual([
      { text: 'a', label: 1 },
      { text: 'b', label: 0 },
    ]);
    const error = await failure(readLabelledJsonl(rows, await file('labels.lst', '1\n'), schema));
    expect(error.message).toMatch(/expected 2 labels, one for each line of .*rows.jsonl, found 1$/);
  });
});

it('readLineGroups names a bad row by its first line, and refuses a rest', async () => {
  const read = async (content: string) =>
    readLineGroups(await file('groups.txt', content), 2, ([text, gold]) => ({ text, label: gold }), schema);
  expect(await read('a\n1\nb\n0\n')).toEqual([
    { text: 'a', label: 1 },
    { text: 'b', label: 0 },
  ]);
  expect((await failure(read('a\n1\nb\n5\n'))).message).toMatch(/line 3, field label/);
  expect((await failure(read('a\n1\nb\n'))).message).toMatch(/expected 2 lines a row, found 3 lines/);
});

describe('readParquet', () => {
  // Two rows of ind (INT64), ctx_a, endings (list of strings), label; Snappy; written with hyparquet-writer 0.17.
  const BYTES =
    'UEFSMRUGFSQVKFwVBBUAFQQVABUEFQAAAAMDEDwYAAAAAAAAACcAAAAAAAAAFQYVNBU4XBUEFQAVBBUAFQQVAAAAAwMYXAgAAABBIGJha2VyLggAAABUd28gbWVuLhUGFVgVUlwVEBUAFQQVABUEFQQAAAPuEAMoEAEAAABhAQUAYgEFAGMBBQBkAQUAZQEFKGYBAAAAZwEAAABoFQYVGBUcXBUEFQAVBBUAFQQVAAAAAwMKJAEAAAAzAQAAADAVBBl8SARyb290FQgAFQQlAhgDaW5kABUMJQIYBWN0eF9hJQAANQIYB2VuZGluZ3MVAhUGADUEGARsaXN0FQIAFQwlAhgHZWxlbWVudCUAABUMJQIYBWxhYmVsJQAAFgQZHBlMJggcFQQZFQAZGANpbmQVAhYEFk4WUiYIAAAmWhwVDBkVABkYBWN0eF9hFQIWBBZeFmImWgAAJrwBHBUMGRUAGTgHZW5kaW5ncwRsaXN0B2VsZW1lbnQVAhYQFoIBFnwmvAEAACa4AhwVDBkVABkYBWxhYmVsFQIWBBZCFkYmuAIAABbwAhYENvYCACgJaHlwYXJxdWV0GUwcAAAcAAAcAAAcAAAACQEAAFBBUjE=';

  it('reads Snappy columns, lists and 64-bit integers', async () => {
    const path = await file('rows.parquet', Buffer.from(BYTES, 'base64'));
    const rows = z.object({ ind: z.int(), ctx_a: z.string(), endings: z.array(z.string()), label: label(0, 3) });
    expect(await readParquet(path, rows)).toEqual([
      { ind: 24, ctx_a: 'A baker.', endings: ['a', 'b', 'c', 'd'], label: 3 },
      { ind: 39, ctx_a: 'Two men.', endings: ['e', 'f', 'g', 'h'], label: 0 },
    ]);
    const error = await failure(readParquet(path, schema));
    expect(error.message).toMatch(/rows.parquet, row 1, field text: expected string, found nothing$/);
  });

  it('refuses other files', async () => {
    const error = await failure(readParquet(await file('text.parquet', 'no Parquet at all'), schema));
    expect(error.message).toMatch(/expected a Parquet file/);
  });
});
