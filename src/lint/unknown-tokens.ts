import type { Example, Family } from '../core/question.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { type Check, passed, skipped, suspect } from './check.ts';

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
