/** Sources of prompts with answers: a file of them, or a generator. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { HarnessError } from '../../core/errors.ts';
import { type RandomStream, stream } from '../../core/numbers/random.ts';
import { digestOf, sha256 } from '../../core/text/digest.ts';
import type { Fraction } from '../../core/units.ts';
import { isSystemError, systemWords } from '../../files/system-error.ts';
import { epochOrder } from './epoch-order.ts';
import { type Pair, type PairEncoding, pairRow } from './pair-rows.ts';
import type { RowSource } from './training-data.ts';

/** Packed rows take pairs from here on, at most this many. */
const PAIRS_A_ROW = 4096;

/** Makes pairs without end. */
export interface PairMaker {
  readonly name: string;
  /** Everything besides the random numbers that decides a pair. */
  readonly identity: unknown;
  draw(split: 'train' | 'held-out', random: RandomStream): Pair;
}

export function madePairs(maker: PairMaker, encoding: PairEncoding): RowSource {
  const held = (index: number, k: number) => maker.draw('held-out', stream(0, 'held-out', maker.name, index, k));
  return {
    name: maker.name,
    digest: digestOf([maker.name, maker.identity, encodingDigest(encoding)]),
    length: encoding.length,
    heldOutRows: Number.POSITIVE_INFINITY,
    training: (seed, counter) =>
      pairRow((k) => maker.draw('train', stream(seed, 'made', maker.name, counter, k)), encoding),
    heldOut: (index) => pairRow((k) => held(index, k), encoding),
  };
}

/** The k-th held-out pair of a maker: what accuracy is measured on, the same for every run. */
export function heldOutPair(maker: PairMaker, index: number): Pair {
  return maker.draw('held-out', stream(0, 'held-out', maker.name, index, 0));
}

export interface PairFile {
  readonly trained: readonly Pair[];
  /** The last lines of the file. */
  readonly heldOut: readonly Pair[];
  readonly digest: string;
}

const text = z.string();
const pairSchema = z.union(
  [
    z.object({ prompt: text, answer: text }),
    z
      .object({ instruction: text, output: text })
      .transform(({ instruction, output }) => ({ prompt: instruction, answer: output })),
    z.object({ input: text, output: text }).transform(({ input, output }) => ({ prompt: input, answer: output })),
  ],
  { error: 'expected {"prompt", "answer"}, {"instruction", "output"} or {"input", "output"}, all text' },
);

/**
 * Reads prompt and answer pairs, one JSON object a line. The last lines are held out, as the published trainer does.
 *
 * @throws HarnessError 'bad-dataset' naming file and line; 'missing-dataset' when the file cannot be read
 */
export async function readPairs(file: string, heldOutShare: Fraction): Promise<PairFile> {
  const content = await readFile(file).catch((cause: unknown) => {
    if (!isSystemError(cause)) throw cause;
    const { found, hint } = systemWords(cause);
    const message = `expected prompt and answer pairs in ${file}, found that ${found}`;
    throw new HarnessError('missing-dataset', message, { cause, hint });
  });
  const pairs: Pair[] = [];
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1;
    if (line.trim() !== '') pairs.push(parsePair(line, `${file}, line ${number}`));
  }
  if (pairs.length < 2)
    throw new HarnessError('bad-dataset', `${file}: expected at least 2 pairs, found ${pairs.length}`);
  const heldOut = Math.min(pairs.length - 1, Math.max(1, Math.round(pairs.length * heldOutShare)));
  return { trained: pairs.slice(0, -heldOut), heldOut: pairs.slice(-heldOut), digest: sha256(content) };
}

export function pairFileSource(
  name: string,
  { trained, heldOut, digest }: PairFile,
  encoding: PairEncoding,
): RowSource {
  const order = epochOrder(name, trained.length);
  const at = (pairs: readonly Pair[], index: number) => pairs[index % pairs.length] as Pair;
  return {
    name,
    digest: digestOf([digest, heldOut.length, encodingDigest(encoding)]),
    length: encoding.length,
    heldOutRows: heldOut.length,
    training: (seed, counter) =>
      pairRow(
        (k) => at(trained, order(seed, encoding.layout === 'rows' ? counter : counter * PAIRS_A_ROW + k)),
        encoding,
      ),
    heldOut: (index) => pairRow((k) => at(heldOut, index + k), encoding),
  };
}

function parsePair(line: string, where: string): Pair {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new HarnessError('bad-dataset', `${where}: expected one JSON object, found text that is not JSON`, { cause });
  }
  const parsed = pairSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HarnessError('bad-dataset', `${where}: ${parsed.error.issues[0]?.message}`);
}

const encodingDigest = ({ tokenizer, layout, sft, length, family }: PairEncoding): string =>
  digestOf([tokenizer.digest, layout, sft, length, family]);
