/**
 * What BERT does to a text before it is cut.
 *
 * @source huggingface/tokenizers (Rust), `normalizers/bert.rs`
 */
import { type Rewrite, rewriteMatches } from './rewrite.ts';
import { unicodeForm } from './unicode-form.ts';

const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

export interface BertSettings {
  readonly clean_text: boolean;
  readonly handle_chinese_chars: boolean;
  /** Null: as `lowercase`. */
  readonly strip_accents: boolean | null;
  readonly lowercase: boolean;
}

/** Each character by itself: a capital sigma at the end of a word is no exception. */
export const lowercase = (): Rewrite => rewriteMatches(/\p{Changes_When_Lowercased}/gu, (one) => one.toLowerCase());

export function bertRewrites(settings: BertSettings): readonly Rewrite[] {
  const { clean_text: cleans, handle_chinese_chars: spaces, lowercase: lowers } = settings;
  const stripsAccents = settings.strip_accents ?? lowers;
  return [
    ...(cleans
      ? [
          rewriteMatches(/(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\ufffd]/gu, () => ''),
          rewriteMatches(/\p{White_Space}/gu, () => ' '),
        ]
      : []),
    ...(spaces ? [rewriteMatches(CHINESE, (character) => ` ${character} `)] : []),
    ...(stripsAccents ? [unicodeForm('NFD'), rewriteMatches(/\p{Mn}/gu, () => '')] : []),
    ...(lowers ? [lowercase()] : []),
  ];
}
