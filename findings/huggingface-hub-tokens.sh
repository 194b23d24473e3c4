#!/usr/bin/env bash
# The hub's client for JavaScript refuses tokens that do not begin with `hf_`, before it asks anybody, also for another hub.
#
# Library: @huggingface/hub 2.17.5.
# A good guess: the token is a secret between the user and the server at `hubUrl`; the server says whether it is right. Mirrors
# and registries inside companies, which HF_ENDPOINT points to, give out tokens of their own form.
# What happens: every call with `accessToken` throws a TypeError unless the token begins with `hf_`; the server is not asked. A header
# that a `fetch` of one's own adds is sent as it is.
#
# Seen, for a server on this machine that takes the token `mirror-secret`:
#   accessToken: Your access token must start with 'hf_'
#   requests so far: 0
#   header added by fetch: config.json
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund @huggingface/hub@2.17.5
cat > seen.mjs <<'JS'
import { createServer } from 'node:http';
import { listFiles } from '@huggingface/hub';

let requests = 0;
const server = createServer((request, response) => {
  requests++;
  response.statusCode = request.headers.authorization === 'Bearer mirror-secret' ? 200 : 401;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify([{ type: 'file', path: 'config.json', size: 2, oid: '0'.repeat(40) }]));
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const hubUrl = `http://127.0.0.1:${server.address().port}`;
const signed = (input, init) => fetch(input, { ...init, headers: { ...init?.headers, Authorization: 'Bearer mirror-secret' } });

async function first(options) {
  try {
    for await (const { path } of listFiles({ repo: 'owner/name', hubUrl, ...options })) return path;
  } catch (error) {
    return error.message;
  }
}
console.log(`accessToken: ${await first({ accessToken: 'mirror-secret' })}`);
console.log(`requests so far: ${requests}`);
console.log(`header added by fetch: ${await first({ fetch: signed })}`);
server.close();
JS
node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
accessToken: Your access token must start with 'hf_'
requests so far: 0
header added by fetch: config.json
SEEN
echo 'as described'
