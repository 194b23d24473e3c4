#!/usr/bin/env bash
# In TensorFlow.js's WebAssembly the rows of an embedding can be looked up, but not trained.
#
# Library: @tensorflow/tfjs and @tensorflow/tfjs-backend-wasm 4.22.0.
# A good guess: where `tf.gather` runs, `tf.grad` of it runs, as on the cpu backend; gradients are made of ordinary operations.
# What happens: the gradient of gather is one kernel, `UnsortedSegmentSum`, which the WebAssembly backend does not have, although it has
# `ScatterNd`, which does the same. The forward pass, and every test of it, gives no hint.
#
# Seen:
#   cpu: forward 0 1 4 5, gradient 1 1 0 0 1 1
#   wasm: forward 0 1 4 5, gradient Kernel 'UnsortedSegmentSum' not registered for backend 'wasm'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
cat > seen.mjs <<'JS'
import tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

tf.enableProdMode();
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend);
  const rows = tf.tensor2d([0, 1, 2, 3, 4, 5], [3, 2]);
  const ids = tf.tensor1d([0, 2], 'int32');
  const forward = [...tf.gather(rows, ids).dataSync()].join(' ');
  let gradient;
  try {
    gradient = [...tf.grad((w) => tf.gather(w, ids).sum())(rows).dataSync()].join(' ');
  } catch ({ message }) {
    gradient = message;
  }
  console.log(`${backend}: forward ${forward}, gradient ${gradient}`);
}
JS
node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
cpu: forward 0 1 4 5, gradient 1 1 0 0 1 1
wasm: forward 0 1 4 5, gradient Kernel 'UnsortedSegmentSum' not registered for backend 'wasm'
SEEN
echo 'as described'
