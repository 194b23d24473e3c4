/** Do tokenizer, model and data go together? Text and ids only; no network. */
import { HarnessError } from '../core/errors.ts';
import type { ProtocolName } from '../core/names.ts';
import type { Example, Family } from '../core/question.ts';
import type { SftRow } from '../core/sft-row.ts';
import { lowerView } from '../lm/lowering/lower.ts';
import type { Lowered } from '../lm/lowering/lowered.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { broken, type Check, passed, skipped, suspect } from './check.ts';

export interface CheckedData {
  readonly family: Family;
  readonly protocol: ProtocolName;
  readonly tokenizer: Tokenizer;
  readonly vocabularyRows: number;
  readonly contextLength: number;
  readonly maskId: number | null;
  readonly sft: SftRow | null;
  /** Items that are cut into tokens for the checks. */
  readonly examples: readonly Example[];
}

/** One item in the tokens of every view. */
interface Cut {
  readonly id: string;
  /** Plain text only: rows of fine-tuned models hold special tokens on purpose. */
  readonly plain: readonly Lowered[];
  readonly all: readonly Lowered[];
  readonly isEmpty: boolean;
}

export function checkData(data: CheckedData): readonly Check[] {
  const cuts = data.examples.map((example) => cut(example, data));
  return [checkVocabulary(data, cuts), checkMask(data, cuts), checkBos(data, cuts), checkAnswers(cuts)];
}

function cut({ id, question }: Example, data: CheckedData): Cut {
  const { family, tokenizer, contextLength, sft } = data;
  const all: Lowered[] = [];
  const plain: Lowered[] = [];
  let isEmpty = false;
  for (const view of question.views[family]) {
    try {
      const lowered = lowerView(view, tokenizer, contextLength, sft);
      all.push(...lowered);
      if (view.layout === undefined) plain.push(...lowered);
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      isEmpty ||= error.code === 'empty-answer';
    }
  }
  return { id, plain, all, isEmpty };
}

/** Rows beyond the tokenizer's that are no sign of a mistake: padding to a round number, a mask. */
const SPARE_ROWS = 256;
const SPARE_SHARE = 0.05;

function checkVocabulary({ tokenizer, vocabularyRows }: CheckedData, cuts: readonly Cut[]): Check {
  const beyond = having(cuts, ({ all }) => all.some(({ ids }) => ids.some((id) => id >= vocabularyRows)));
  const sizes = `the tokenizer has ${tokenizer.size} tokens, the network ${vocabularyRows} rows`;
  const advice = 'name the tokenizer that the model was trained with: --tokenizer DIR';
  if (beyond.length > 0) {
    const found = `${sizes}: ${beyond.length} of ${cuts.length} items have tokens that the network does not know`;
    return broken('vocabulary', found, advice, { code: 'bad-tokenizer', ids: beyond });
  }
  if (tokenizer.size > vocabularyRows) return suspect('vocabulary', sizes, advice);
  const isFarLarger = vocabularyRows > tokenizer.size * (1 + SPARE_SHARE) + SPARE_ROWS;
  return isFarLarger ? suspect('vocabulary', sizes, advice) : passed('vocabulary', sizes);
}

/** T16: a mask that is also a token of the text cannot be told from it by value. */
function checkMask({ family, maskId, tokenizer, vocabularyRows }: CheckedData, cuts: readonly Cut[]): Check {
  if (family === 'autoregressive') return skipped('mask-id', 'autoregressive models have no mask');
  if (maskId === null || maskId >= vocabularyRows) {
    const found = `mask id ${maskId ?? 'none'} is no row of the network, which has ${vocabularyRows}`;
    return broken('mask-id', found, "name the mask with --mask-id N; the model's card or bench.json has it");
  }
  const token = tokenizer.token(maskId);
  const spelt = `mask ${maskId}${token === null ? '' : ` (${JSON.stringify(token)})`}`;
  const role = maskId === tokenizer.eosId ? 'EOS' : maskId === tokenizer.bosId ? 'BOS' : null;
  if (role !== null) {
    return suspect(
      'mask-id',
      `${spelt} is the ${role} of the tokenizer: where a text ${role === 'EOS' ? 'ends' : 'begins'}, it looks masked`,
      "check --mask-id: the mask is a token of its own, or one that no text has; the model's card names it",
    );
  }
  const inText = having(cuts, ({ all }) => all.some(({ ids }) => ids.includes(maskId)));
  if (inText.length === 0) return passed('mask-id', `${spelt} occurs in none of ${cuts.length} items`);
  return suspect(
    'mask-id',
    `${spelt} is a token of the text in ${inText.length} of ${cuts.length} items: visible text looks masked there`,
    'check --mask-id; with an ordinary token as mask, look at these items by themselves',
    { ids: inText },
  );
}

/** T21. The published procedures put a second BOS inside on purpose; nothing else should. */
function checkBos({ tokenizer, protocol }: CheckedData, cuts: readonly Cut[]): Check {
  const { bosId } = tokenizer;
  if (bosId === null) return skipped('double-bos', 'the tokenizer has no BOS');
  if (protocol === 'paper' || protocol === 'paper-text') {
    return skipped('double-bos', `${protocol} keeps the BOS that the published scripts put inside (Q10)`);
  }
  const isDouble = ({ ids }: Lowered) => ids.indexOf(bosId) !== ids.lastIndexOf(bosId);
  const doubled = having(cuts, ({ plain }) => plain.some(isDouble));
  if (doubled.length === 0) return passed('double-bos', `at most one BOS in each of ${cuts.length} items`);
  return suspect(
    'double-bos',
    `BOS stands more than once in ${doubled.length} of ${cuts.length} items`,
    'the tokenizer adds one by itself, or the text spells it: check add_bos_token and the post-processor in its files',
    { code: 'bad-tokenizer', ids: doubled },
  );
}

function checkAnswers(cuts: readonly Cut[]): Check {
  if (cuts.length === 0) return skipped('empty-answer', 'no items');
  const empty = having(cuts, ({ isEmpty }) => isEmpty);
  if (empty.length === 0) return passed('empty-answer', `every answer of ${cuts.length} items has tokens of its own`);
  const found = `${empty.length} of ${cuts.length} items have an answer to which no token belongs`;
  const advice = 'they stay unscored: check the rows, and whether the tokenizer drops blanks or characters';
  const details = { code: 'bad-tokenizer', ids: empty } as const;
  return empty.length === cuts.length
    ? broken('empty-answer', found, advice, details)
    : suspect('empty-answer', found, advice, details);
}

const having = (cuts: readonly Cut[], has: (item: Cut) => boolean): readonly string[] =>
  cuts.filter(has).map(({ id }) => id);
