/** Do checkpoint, tokenizer and text go together? Facts only; no network. */
import type { Example, Family } from '../core/question.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
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

/** Do checkpoint and tokenizer agree on what ends a text? */
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

export interface HeadFacts {
  /** config.json says, or leaves it to a default that says, that head and embedding are one. */
  readonly saysTied: boolean;
  /** The network uses the embedding as its head. */
  readonly isTied: boolean;
  /** A head of its own holds the values of the embedding. */
  readonly isCopy: boolean;
}

/** Is the output head the one that the model's own library would use? */
export function checkTiedHead({ saysTied, isTied, isCopy }: HeadFacts): Check {
  if (isTied) return passed('tied-head', 'the output head is the embedding');
  if (!saysTied || isCopy)
    return passed('tied-head', `the output head is a weight of its own${isCopy ? ', a copy' : ''}`);
  return suspect(
    'tied-head',
    'config.json ties the output head to the embedding, but the file holds another head, which is used',
    'libraries that follow config.json ignore that head: set "tie_word_embeddings": false there, or remove lm_head.weight',
  );
}

/** Of all tokens. A rare character now and then is no sign of a mistake. */
const MOST_UNKNOWN = 0.01;

/** How much of the text the tokenizer has no token for: what it replaces there, the model never reads. */
export function checkUnknownTokens(
  tokenizer: Pick<Tokenizer, 'unknownId' | 'encode' | 'token'>,
  examples: readonly Example[],
  family: Family,
): Check {
  const { unknownId = null } = tokenizer;
  if (unknownId === null) return skipped('unknown-tokens', 'the tokenizer has a token for every text');
  let [tokens, unknown] = [0, 0];
  const ids: string[] = [];
  for (const { id, question } of examples) {
    const texts = (question.views[family][0]?.alternatives ?? []).map((pieces) =>
      pieces.map(({ text }) => text).join(''),
    );
    const found = texts.flatMap((text) => tokenizer.encode(text, { specialTokens: false }));
    const replaced = found.filter((token) => token === unknownId).length;
    tokens += found.length;
    unknown += replaced;
    if (replaced > 0) ids.push(id);
  }
  if (tokens === 0) return skipped('unknown-tokens', 'no text to read');
  const share = `${((100 * unknown) / tokens).toFixed(1)} % of ${tokens.toLocaleString('en')} tokens`;
  const spelt = JSON.stringify(tokenizer.token(unknownId));
  if (unknown === 0) return passed('unknown-tokens', `none of ${tokens.toLocaleString('en')} tokens is ${spelt}`);
  const text = `${share} are ${spelt}, in ${ids.length} of ${examples.length} items`;
  if (unknown <= MOST_UNKNOWN * tokens) return passed('unknown-tokens', text);
  return suspect(
    'unknown-tokens',
    `${text}: the tokenizer has no word for them, and the model never reads them`,
    'ask questions in the words that it was trained on, or name its own tokenizer with --tokenizer DIR',
    { ids },
  );
}
