/**
 * The ways in which a left-to-right model is asked to fill a hole between two texts: by the prefix alone, by an instruction
 * that quotes both sides, or by the tokens of a model that was trained to fill in the middle.
 *
 * @source Bavarian et al. 2022, arXiv 2207.14255 (PSM, SPM); Rozière et al. 2023, arXiv 2308.12950 (order of the pieces);
 *         the instruction is that of the evaluation published with arXiv 2410.17891
 */
import { notSupported } from '../../core/errors.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { encodeInside } from './encode-inside.ts';

const INFILL_METHODS = ['prefix', 'instruction', 'instruction-text', 'fim-psm', 'fim-spm'] as const;
/** `fim-psm`: prefix, suffix, then the middle is written; `fim-spm`: suffix first, so that the middle follows the prefix. */
export type InfillMethod = (typeof INFILL_METHODS)[number];

export interface Hole {
  readonly prefix: string;
  readonly suffix: string;
}

export interface InfillPrompt {
  readonly ids: Int32Array;
  /** Tokens that end a middle. */
  readonly endIds: readonly number[];
}

/** Ids of the tokens that mark prefix, suffix and middle, and of the one that ends the middle (null: EOS does). */
export interface FimTokens {
  readonly prefix: number;
  readonly suffix: number;
  readonly middle: number;
  readonly end: number | null;
}

/** Spellings of prefix, suffix, middle and end in published vocabularies. */
const FIM_SPELLINGS = [
  ['<fim_prefix>', '<fim_suffix>', '<fim_middle>', null],
  ['<fim-prefix>', '<fim-suffix>', '<fim-middle>', null],
  ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', null],
  ['▁<PRE>', '▁<SUF>', '▁<MID>', '▁<EOT>'],
  ['<PRE>', '<SUF>', '<MID>', '<EOT>'],
  ['<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>', null],
] as const;

/** The fill-in-the-middle tokens of a vocabulary; null where it has none. */
export function fimTokens(tokenizer: Tokenizer): FimTokens | null {
  for (const [prefixName, suffixName, middleName, endName] of FIM_SPELLINGS) {
    const [prefix, suffix, middle] = [prefixName, suffixName, middleName].map((name) => tokenizer.id(name));
    if (prefix == null || suffix == null || middle == null) continue;
    return { prefix, suffix, middle, end: endName === null ? null : tokenizer.id(endName) };
  }
  return null;
}

/**
 * The prompt after which a model writes the middle.
 *
 * @param bos `once`: one BOS in front where the model was trained with it; `none`: as the published scripts do
 * @throws HarnessError 'not-supported' when the method needs tokens that the vocabulary does not have
 */
export function infillPrompt(
  method: InfillMethod,
  { prefix, suffix }: Hole,
  tokenizer: Tokenizer,
  bos: 'once' | 'none',
): InfillPrompt {
  const plain = (text: string): readonly number[] => tokenizer.encode(text, { specialTokens: false });
  const start = bos === 'once' && tokenizer.addsBos && tokenizer.bosId !== null ? [tokenizer.bosId] : [];
  const prompt = (ids: readonly number[], end: number | null = null): InfillPrompt => ({
    ids: Int32Array.of(...start, ...ids),
    endIds: [tokenizer.eosId, end].filter((id) => id !== null),
  });
  if (method === 'prefix') return prompt(plain(prefix));
  if (method === 'instruction') return prompt(plain(instruction({ prefix, suffix }, 'code')));
  if (method === 'instruction-text') return prompt(plain(instruction({ prefix, suffix }, 'text')));
  const fim = requireFim(tokenizer, method);
  const [before, behind] = [plain(prefix), [fim.suffix, ...encodeInside(tokenizer, suffix)]];
  const inOrder = method === 'fim-psm' ? [...before, ...behind, fim.middle] : [...behind, fim.middle, ...before];
  return prompt([fim.prefix, ...inOrder], fim.end);
}

/** The wording of the published script, which asks for code; its trailing blank belongs to it. */
const instruction = ({ prefix, suffix }: Hole, what: 'code' | 'text'): string =>
  `The prefix is: ${prefix} and the suffix is: ${suffix}, please return the middle ${what}: `;

function requireFim(tokenizer: Tokenizer, method: InfillMethod): FimTokens {
  const found = fimTokens(tokenizer);
  if (found !== null) return found;
  const known = FIM_SPELLINGS.map(([name]) => name).join(', ');
  const message = `'${method}' needs fill-in-the-middle tokens (such as ${known}), and the model's vocabulary has none`;
  throw notSupported(message, "Ask by 'prefix' or 'instruction'.");
}
