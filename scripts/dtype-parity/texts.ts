/** The texts and decisions on which dtypes and devices are held against the CPU in float32. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { stream } from '../../src/core/numbers/random.ts';
import { loadTokenizer } from '../../src/tokenizers/load.ts';

/** With their mask. */
export const GOLDEN = { 'gpt2-tiny-ar': null, 'llama-tiny-ar': null, 'diffugpt-tiny': 384, 'diffullama-tiny': 211 };
const [SEQUENCES, LENGTH] = [16, 48];

/** Random tokens, the same for every model of a vocabulary. */
export function randomTexts({ architecture }: Checkpoint): readonly Int32Array[] {
  return Array.from({ length: SEQUENCES }, (_, s) => {
    const random = stream(1, 'dtype-parity', s);
    return Int32Array.from({ length: LENGTH }, (_value, i) =>
      Math.floor(random.uniform(i) * architecture.vocabularyRows),
    );
  });
}

/** @param root the repository's folder */
export async function corpusTexts({ folder }: Checkpoint, root: string): Promise<readonly Int32Array[]> {
  const tokenizer = await loadTokenizer(folder);
  if (tokenizer === null) throw new Error(`${folder}: no tokenizer`);
  const text = readFileSync(join(root, 'scripts/tiny-corpus.txt'), 'utf8').slice(0, 20_000);
  const ids = tokenizer.encode(text, { specialTokens: false });
  return Array.from({ length: SEQUENCES }, (_, s) => Int32Array.from(ids.slice(s * LENGTH, (s + 1) * LENGTH)));
}

/** What a score says of an item, without its sizes. */
export const decision = (score: object): unknown =>
  'answer' in score && score.answer !== null ? score.answer : 'values' in score ? score.values : score;
