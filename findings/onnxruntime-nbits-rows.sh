#!/usr/bin/env bash
# A row through 4-bit weights has other bits alone than beside other rows, unless its activations are rounded to 8 bits.
#
# Library: onnxruntime-node 1.30.0, CPU provider, Linux x64 (AVX2). Which elements differ depends on the processor.
# A good guess: a row of a product depends on that row and the weights; the default accuracy level of `MatMulNBits`, which multiplies in
# float32, is the safer choice where results must not depend on the batch.
# What happens: at level 0 (the default) a single row takes a kernel of its own, which adds in another order; two rows and more share
# one. At level 4 (activations in 8 bits, exact integer sums) a row has the same bits alone, in twos and in a batch. So greedy
# decoding, which runs one row at a time, does not reproduce what a scoring pass over the whole text gave.
#
# Seen, for [R, 512] x [512, 384] in blocks of 32:
#   level 0: one row alone and in a batch of 16: other bits; two rows and in a batch of 16: same bits
#   level 4: one row alone and in a batch of 16: same bits; two rows and in a batch of 16: same bits
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
cp "$here/onnx-model.mjs" .
cat > seen.mjs <<'JS'
import * as ort from 'onnxruntime-node';
import { constant, model, node, UINT8, value } from './onnx-model.mjs';

const [K, N, BATCH] = [512, 384, 16];
let state = 1;
const drawn = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
const packed = Uint8Array.from({ length: (N * K) / 2 }, () => Math.floor(drawn() * 256));
const scales = Float32Array.from({ length: (N * K) / 32 }, () => 0.05 * drawn());
const rows = Float32Array.from({ length: BATCH * K }, () => drawn() - 0.5);

async function product(level, count) {
  const attributes = Object.entries({ K, N, bits: 4, block_size: 32, accuracy_level: level });
  const only = node('MatMulNBits', ['a', 'b', 's'], 'y', attributes.map(([name, value]) => ({ name, value })), 'com.microsoft');
  const weights = [constant('b', [N, K / 32, 16], packed, UINT8), constant('s', [(N * K) / 32], scales)];
  const graph = model(only, [value('a', [count, K])], value('y', [count, N]), weights, 'com.microsoft');
  const session = await ort.InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const a = new ort.Tensor('float32', rows.subarray(0, count * K), [count, K]);
  return (await session.run({ a })).y.data;
}
for (const level of [0, 4]) {
  const all = await product(level, BATCH);
  const said = [];
  for (const count of [1, 2]) {
    const some = await product(level, count);
    const differing = some.filter((x, i) => x !== all[i]).length;
    if (differing > 0) console.error(`  level ${level}: ${differing} of ${some.length} elements`);
    said.push(`${count === 1 ? 'one row alone' : 'two rows'} and in a batch of ${BATCH}: ${differing === 0 ? 'same' : 'other'} bits`);
  }
  console.log(`level ${level}: ${said.join('; ')}`);
}
JS
ORT_DISABLE_TELEMETRY=1 node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
level 0: one row alone and in a batch of 16: other bits; two rows and in a batch of 16: same bits
level 4: one row alone and in a batch of 16: same bits; two rows and in a batch of 16: same bits
SEEN
echo 'as described'
