#!/usr/bin/env bash
# A slice of a file of the hub holds the whole file where the server does not know ranges, and its `size` says otherwise.
#
# Library: @huggingface/hub 2.17.5.
# A good guess: what `downloadFile` returns is a Blob, so `blob.slice(a, b)` has b - a bytes, or reading it fails: a server may answer a
# request for a range with the whole file (status 200), and a client must tell that from a part (206).
# What happens: the status is not looked at. The slice gives the whole file, from its first byte. Who goes on with an
# interrupted download by `slice(received)` appends the beginning of the file to its beginning.
#
# Seen, for a file of 2000000 bytes behind a server that answers ranges of content with the whole:
#   slice(1500000) says 500000 bytes
#   it holds 2000000 bytes, the first of them is byte 0 of the file
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund @huggingface/hub@2.17.5
cat > seen.mjs <<'JS'
import { createServer } from 'node:http';
import { downloadFile } from '@huggingface/hub';

const content = Buffer.alloc(2_000_000, 7);
content[0] = 1;
const server = createServer((request, response) => {
  // The library learns the size from a range of one byte; ranges of content are answered with the whole.
  if (request.headers.range === 'bytes=0-0') {
    response.writeHead(206, { ETag: '"file"', 'Content-Range': `bytes 0-0/${content.length}` }).end(content.subarray(0, 1));
  } else response.writeHead(200, { ETag: '"file"', 'Content-Length': content.length }).end(content);
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const hubUrl = `http://127.0.0.1:${server.address().port}`;
const blob = await downloadFile({ repo: 'owner/name', path: 'model.safetensors', hubUrl });
const rest = blob.slice(1_500_000);
console.log(`slice(1500000) says ${rest.size} bytes`);
const bytes = new Uint8Array(await rest.arrayBuffer());
const which = bytes[0] === 1 ? 'byte 0' : 'a later byte';
console.log(`it holds ${bytes.length} bytes, the first of them is ${which} of the file`);
server.close();
server.closeAllConnections();
JS
node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
slice(1500000) says 500000 bytes
it holds 2000000 bytes, the first of them is byte 0 of the file
SEEN
echo 'as described'
