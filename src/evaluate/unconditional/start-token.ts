import { notSupported } from '../../core/errors.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';

/** @throws HarnessError 'not-supported' where the tokenizer has neither BOS nor EOS */
export function startToken({ bosId, eosId }: Tokenizer): number {
  const start = bosId ?? eosId;
  if (start !== null) return start;
  throw notSupported('texts without a prompt begin with BOS or EOS, and the tokenizer has neither');
}
