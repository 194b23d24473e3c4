#!/usr/bin/env bash
# The JavaScript port of Hugging Face's tokenizers splits other digits than the Rust library does.
#
# Libraries: @huggingface/tokenizers 0.2.0 (JavaScript) and @anush008/tokenizers 0.6.0 (the Rust library for Node).
# A good guess: one tokenizer.json, one text, the same tokens.
# What happens: the pre-tokenizer `Digits` asks Rust's `char::is_numeric` (Unicode's Nd, Nl and No), the port looks for `\d` of a regular
# expression, which in JavaScript is 0-9 even with the flag `u`. With `individual_digits` all other digits that follow each other
# stay together in the port, and merges across them apply. ASCII agrees, so English test texts show nothing.
#
# Seen:
#   "12"  JavaScript: 1|2   Rust: 1|2
#   "٣٣"  JavaScript: ٣٣    Rust: ٣|٣
#   "½½"  JavaScript: ½½    Rust: ½|½
#   "²²"  JavaScript: ²²    Rust: ²|²
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund @huggingface/tokenizers@0.2.0 @anush008/tokenizers@0.6.0
cat > seen.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import rust from '@anush008/tokenizers';

const signs = ['1', '2', '٣', '½', '²'];
const merges = [['1', '2'], ['٣', '٣'], ['½', '½'], ['²', '²']];
const vocab = Object.fromEntries(['<unk>', ...signs, ...merges.map((pair) => pair.join(''))].map((token, id) => [token, id]));
const definition = {
  version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, post_processor: null, decoder: null,
  pre_tokenizer: { type: 'Digits', individual_digits: true },
  model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, vocab, merges },
};
writeFileSync('tokenizer.json', JSON.stringify(definition));
const port = new Tokenizer(definition, {});
const original = rust.Tokenizer.fromFile('tokenizer.json');
for (const [one, other] of merges) {
  const text = one + other;
  const tokens = (await original.encode(text)).getTokens();
  console.log(`"${text}"  JavaScript: ${port.encode(text).tokens.join('|').padEnd(5)} Rust: ${tokens.join('|')}`);
}
JS
node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
"12"  JavaScript: 1|2   Rust: 1|2
"٣٣"  JavaScript: ٣٣    Rust: ٣|٣
"½½"  JavaScript: ½½    Rust: ½|½
"²²"  JavaScript: ²²    Rust: ²|²
SEEN
echo 'as described'
