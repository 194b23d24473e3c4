/** Blanks before these go, in this order. */
const CLOSED_UP = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
] as const;

/**
 * The blanks that published scripts take out of decoded text. It harms code and reads well in prose; only `paper` uses it.
 *
 * @source `clean_up_tokenization` of huggingface/transformers v4.44.2
 */
export function cleanUpBlanks(text: string): string {
  return CLOSED_UP.reduce((cleaned, [found, written]) => cleaned.replaceAll(found, written), text);
}
