/** Do checkpoint and tokenizer agree on what ends a text? */
import { type Check, passed, skipped, suspect } from './check.ts';

export interface EndFacts {
  /** `eos_token_id` of the checkpoint; empty where it has none. */
  readonly endIds: readonly number[];
  /** Of the tokenizer. */
  readonly eosId: number | null;
  readonly vocabularyRows: number;
  /** A token as text, for messages. */
  textOf(id: number): string;
}

export function checkEndTokens({ endIds, eosId, vocabularyRows, textOf }: EndFacts): Check {
  const named = endIds.map((id) => (id < vocabularyRows ? spelt(id, textOf) : `${id} (no token)`)).join(', ');
  if (endIds.length === 0) {
    return eosId === null
      ? skipped('end-tokens', 'neither checkpoint nor tokenizer says what ends a text')
      : passed('end-tokens', `the tokenizer's EOS ends a text, ${spelt(eosId, textOf)}; the checkpoint names none`);
  }
  const stray = endIds.filter((id) => id >= vocabularyRows);
  if (stray.length > 0) {
    return suspect(
      'end-tokens',
      `eos_token_id says ${named}, but the vocabulary has ${vocabularyRows} rows`,
      'such a token never ends a text: correct "eos_token_id" in generation_config.json or config.json',
    );
  }
  if (eosId !== null && endIds.includes(eosId)) {
    return passed('end-tokens', `checkpoint and tokenizer end a text with ${named}`);
  }
  const ofTokenizer = eosId === null ? 'has no EOS' : `says ${spelt(eosId, textOf)}`;
  return suspect(
    'end-tokens',
    `eos_token_id of the checkpoint says ${named}, the tokenizer ${ofTokenizer}; each of them ends a text`,
    'correct "eos_token_id" in generation_config.json or config.json, or "eos_token" in tokenizer_config.json, whichever is wrong',
  );
}

const spelt = (id: number, textOf: (id: number) => string): string => `${id} (${JSON.stringify(textOf(id))})`;
