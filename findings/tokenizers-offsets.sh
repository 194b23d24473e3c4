#!/usr/bin/env bash
# Offsets of the Rust tokenizers for Node are no indices of JavaScript strings.
#
# Library: @anush008/tokenizers 0.6.0 (Hugging Face's Rust library for Node).
# A good guess: `text.slice(start, end)` is the text of a token, as offsets of a library for JavaScript; or else bytes, as Rust slices.
# What happens: they count code points, as the Python library's do. From the first character outside the basic plane on (an emoji, 𝑥),
# every slice is off by one for each such character, in silence. Where a context ends and its continuation begins is found by offsets.
#
# Seen:
#   offsets of a|😀|b: 0-1 1-2 2-3
#   sliced as string: "a" "\ud83d" "\ude00"
#   sliced as code points: "a" "😀" "b"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund @anush008/tokenizers@0.6.0
cat > seen.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import rust from '@anush008/tokenizers';

const model = { type: 'WordLevel', vocab: { a: 0, '😀': 1, b: 2 }, unk_token: 'a' };
const pre_tokenizer = { type: 'Split', pattern: { Regex: '.' }, behavior: 'Isolated', invert: false };
const none = { truncation: null, padding: null, added_tokens: [], normalizer: null, post_processor: null, decoder: null };
writeFileSync('tokenizer.json', JSON.stringify({ version: '1.0', ...none, pre_tokenizer, model }));
const text = 'a😀b';
const encoded = await rust.Tokenizer.fromFile('tokenizer.json').encode(text);
const offsets = encoded.getOffsets();
const sliced = (cut) => offsets.map(([start, end]) => JSON.stringify(cut(start, end))).join(' ');
console.log(`offsets of ${encoded.getTokens().join('|')}: ${offsets.map((pair) => pair.join('-')).join(' ')}`);
console.log(`sliced as string: ${sliced((start, end) => text.slice(start, end))}`);
console.log(`sliced as code points: ${sliced((start, end) => [...text].slice(start, end).join(''))}`);
JS
node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
offsets of a|😀|b: 0-1 1-2 2-3
sliced as string: "a" "\ud83d" "\ude00"
sliced as code points: "a" "😀" "b"
SEEN
echo 'as described'
