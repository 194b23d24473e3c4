#!/usr/bin/env bash
# onnxruntime does not open weights that lie in the Hugging Face cache as the hub's own tools put them there.
#
# Library: onnxruntime-node 1.30.0; layout of huggingface_hub's cache: snapshots/REVISION/FILE is a symbolic link to ../../blobs/DIGEST.
# A good guess: a model beside which its weight file stands (by `ls` and by every program that opens it) is loaded.
# What happens: external data are held to the model's folder after links are followed. A link within the folder is followed, one
# that leaves it is refused. Every file of the cache is a link that leaves its folder.
#
# Seen:
#   file: 2 3
#   link within the folder: 2 3
#   link as in the cache: External data path escapes model directory
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
cp "$here/onnx-model.mjs" .
mkdir -p blobs snapshots/main
printf '\0\0\200\77\0\0\0\100' | tee blobs/digest > snapshots/main/file.bin # 1 and 2
ln -s file.bin snapshots/main/within.bin
ln -s ../../blobs/digest snapshots/main/cached.bin
cat > seen.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { inFile, model, node, value } from './onnx-model.mjs';

const x = new ort.Tensor('float32', Float32Array.of(1, 1), [2]);
async function shown(what, file) {
  const sum = node('Add', ['x', 'w'], 'y');
  writeFileSync('snapshots/main/model.onnx', model(sum, [value('x', [2])], value('y', [2]), [inFile('w', [2], file)]));
  const session = ort.InferenceSession.create('snapshots/main/model.onnx');
  const answer = session.then((opened) => opened.run({ x })).then(({ y }) => [...y.data].join(' '));
  console.log(`${what}: ${await answer.catch(({ message }) => /Error: ([^.]*)\./.exec(message)?.[1] ?? message)}`);
}
await shown('file', 'file.bin');
await shown('link within the folder', 'within.bin');
await shown('link as in the cache', 'cached.bin');
JS
node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
file: 2 3
link within the folder: 2 3
link as in the cache: External data path escapes model directory
SEEN
echo 'as described'
