/**
 * The `clean_up_tokenization_spaces` step that older transformers apply when they decode GPT-2: blanks before
 * punctuation and contractions go. It is not the inverse of anything (`a != b` becomes `a!= b`), so `decode` never does
 * it; protocols that replay published numbers ask for it.
 *
 * @source huggingface/transformers, `PreTrainedTokenizerBase.clean_up_tokenization`
 */
export function cleanUpTokenization(text: string): string {
  return text
    .replaceAll(' .', '.')
    .replaceAll(' ?', '?')
    .replaceAll(' !', '!')
    .replaceAll(' ,', ',')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re");
}
