import { expect, it } from 'vitest';
import { checkEndTokens } from './checkpoint-checks.ts';

const facts = { endIds: [2], eosId: 2, vocabularyRows: 10, textOf: (id: number) => `<${id}>` };

it.each([
  [{}, 'ok', 'checkpoint and tokenizer end a text with 2 ("<2>")'],
  [{ endIds: [7, 2] }, 'ok', 'checkpoint and tokenizer end a text with 7 ("<7>"), 2 ("<2>")'],
  [{ endIds: [] }, 'ok', 'the tokenizer\'s EOS ends a text, 2 ("<2>"); the checkpoint names none'],
  [{ endIds: [], eosId: null }, 'skipped', 'neither checkpoint nor tokenizer says what ends a text'],
  [
    { endIds: [3, 4] },
    'warning',
    'eos_token_id of the checkpoint says 3 ("<3>"), 4 ("<4>"), the tokenizer says 2 ("<2>"); each of them ends a text',
  ],
  [
    { eosId: null },
    'warning',
    'eos_token_id of the checkpoint says 2 ("<2>"), the tokenizer has no EOS; each of them ends a text',
  ],
  [{ endIds: [2, 50256] }, 'warning', 'eos_token_id says 2 ("<2>"), 50256 (no token), but the vocabulary has 10 rows'],
])('%j: %s', (changed, state, found) => {
  expect(checkEndTokens({ ...facts, ...changed })).toMatchObject({ name: 'end-tokens', state, found });
});
