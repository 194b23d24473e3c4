#!/usr/bin/env bash
# The JavaScript port of Hugging Face's tokenizers takes the first blank from a decoded text that has no blank put before it.
#
# Libraries: @huggingface/tokenizers 0.2.0 (JavaScript) and @anush008/tokenizers 0.6.0 (the Rust library for Node).
# A good guess: with `prepend_scheme: never` nothing is put before a text when it is encoded, so nothing is taken off when it is decoded.
# What happens: Rust does that; the port's Metaspace decoder takes a blank off whatever the scheme says. A continuation that begins
# with a blank, as nearly every one does, comes back as another text: its bytes, which likelihoods are divided by, are one less.
#
# Seen:
#   always " ab": tokens ▁|ab, JavaScript "ab", Rust "ab"
#   never " ab": tokens ▁|ab, JavaScript "ab", Rust " ab"
#   never "ab ab": tokens ab|▁|ab, JavaScript "ab ab", Rust "ab ab"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund @huggingface/tokenizers@0.2.0 @anush008/tokenizers@0.6.0
cat > seen.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import rust from '@anush008/tokenizers';

async function shown(prepend_scheme, text) {
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme, split: false };
  const vocab = { '<unk>': 0, '▁': 1, a: 2, b: 3, ab: 4 };
  const definition = {
    version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, post_processor: null,
    pre_tokenizer: metaspace, decoder: metaspace,
    model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, vocab, merges: [['a', 'b']] },
  };
  writeFileSync('tokenizer.json', JSON.stringify(definition));
  const port = new Tokenizer(definition, {});
  const original = rust.Tokenizer.fromFile('tokenizer.json');
  const encoded = await original.encode(text);
  const texts = [port.decode(port.encode(text).ids), await original.decode(encoded.getIds(), false)];
  const tokens = [port.encode(text).tokens.join('|'), encoded.getTokens().join('|')];
  if (tokens[0] !== tokens[1]) throw new Error(`tokens differ: ${tokens.join(' and ')}`);
  console.log(`${prepend_scheme} "${text}": tokens ${tokens[0]}, JavaScript "${texts[0]}", Rust "${texts[1]}"`);
}
await shown('always', ' ab');
await shown('never', ' ab');
await shown('never', 'ab ab');
JS
node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
always " ab": tokens ▁|ab, JavaScript "ab", Rust "ab"
never " ab": tokens ▁|ab, JavaScript "ab", Rust " ab"
never "ab ab": tokens ab|▁|ab, JavaScript "ab ab", Rust "ab ab"
SEEN
echo 'as described'
