#!/usr/bin/env bash
# A package that publishes its lock (npm-shrinkwrap.json) makes everybody install the binaries of all platforms.
#
# Tool: npm 11.19.1. Package inside: @node-rs/crc32 1.10.8, whose binaries are optional packages with `os`, `cpu` and `libc`.
# A good guess: `npm ci` in the project and `npm install` of the published package, with the same lock, install the same files; binaries
# for other systems are left out, as the lock marks them.
# What happens: that check is made while a tree is built, not when a shrinkwrap is read into one. A consumer gets each of them, in silence.
# (npm's documentation recommends a shrinkwrap for command-line tools. Only a registry can tell npm that there is one, so the
# script is one for its own package and hands all else on.)
#
# Seen, on Linux x64 (packages with binaries):
#   npm ci in the project: 1
#   npm install without shrinkwrap: 1
#   npm install with shrinkwrap: 13
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"; kill $(jobs -p) 2>/dev/null || true' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix tool npm@11.19.1
npm() { node "$folder/tool/node_modules/npm/bin/npm-cli.js" "$@" --silent --no-audit --no-fund --ignore-scripts; }
binaries() { find "$1" -path '*/@node-rs/crc32-*' -name package.json | wc -l; }

mkdir project && cd project
echo '{"name": "with-lock", "version": "1.0.0", "dependencies": {"@node-rs/crc32": "1.10.8"}}' > package.json
npm install --package-lock-only
npm ci
echo "npm ci in the project: $(binaries node_modules)" | tee "$folder/seen.txt"
mv package-lock.json npm-shrinkwrap.json
npm pack > /dev/null
cd ..

cat > registry.mjs <<'JS'
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const tarball = readFileSync('project/with-lock-1.0.0.tgz');
const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
const manifest = JSON.parse(readFileSync('project/package.json', 'utf8'));
let _hasShrinkwrap = true;
const server = createServer(({ url }, answer) => {
  const dist = { tarball: `http://localhost:${server.address().port}/with-lock.tgz`, integrity };
  const versions = { '1.0.0': { ...manifest, _hasShrinkwrap, dist } };
  if (url === '/hide') answer.end(String((_hasShrinkwrap = false)));
  else if (url === '/with-lock.tgz') answer.end(tarball);
  else if (url === '/with-lock') answer.end(JSON.stringify({ name: 'with-lock', 'dist-tags': { latest: '1.0.0' }, versions }));
  else answer.writeHead(302, { location: `https://registry.npmjs.org${url}` }).end();
}).listen(0, () => writeFileSync('port', String(server.address().port)));
JS
node registry.mjs &
until [ -s port ]; do sleep 0.1; done
registry=http://localhost:$(cat port)

consumer() {
  mkdir "$1" && cd "$1" && echo '{}' > package.json
  npm install with-lock --registry "$registry" --cache "$folder/cache-$1"
  echo "npm install $1 shrinkwrap: $(binaries node_modules)" | tee -a "$folder/seen.txt"
  cd ..
}
consumer with
node -e "fetch('$registry/hide').then((answer) => answer.text())"
consumer without
diff seen.txt - <<'SEEN'
npm ci in the project: 1
npm install with shrinkwrap: 13
npm install without shrinkwrap: 1
SEEN
echo 'as described'
