#!/usr/bin/env bash
# A product with quantised weights turns NaN into a number wherever onnxruntime rounds the activations itself.
#
# Library: onnxruntime-node 1.30.0, CPU provider, Linux x64.
# A good guess: NaN in a row gives NaN in its outputs, as in every product of floats; or the scale of the row, a maximum, becomes NaN
# and all of it with it.
# What happens: the maximum passes NaN over, the rounding makes some level of it, and the sum is a number. `MatMulNBits` passes NaN on at
# its default accuracy level and counts it as 0 at level 4, the one that rounds activations to 8 bits. `DynamicQuantizeMatMul` counts it as
# the least activation of all rows, so that a NaN is worth -3 beside -3. A checkpoint or a layer that is broken in float32 scores like a
# sound one in int8 or int4.
#
# Seen (AVX-512 with VNNI), all weights 1, so that an output is the sum of its row of 32, rounded here to a whole number:
#   MatMul: [2, -3, 1 ...] 29, [NaN, -3, 1 ...] NaN
#   MatMulNBits, level 0: [2, -3, 1 ...] 29, [NaN, -3, 1 ...] NaN
#   MatMulNBits, level 4: [2, -3, 1 ...] 29, [NaN, -3, 1 ...] 27
#   DynamicQuantizeMatMul: [2, -3, 1 ...] 29, [NaN, -3, 1 ...] 24
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

const INT8 = 3;
const K = 32;
const ones = Float32Array.of(1);
const blocks = Object.entries({ K, N: 1, bits: 4, block_size: K });
const PRODUCTS = {
  MatMul: () => [[], [constant('w', [K, 1], new Float32Array(K).fill(1))]],
  'MatMulNBits, level 0': () => fourBits(0),
  'MatMulNBits, level 4': () => fourBits(4),
  DynamicQuantizeMatMul: () => [[], [constant('w', [K, 1], new Int8Array(K).fill(1), INT8), constant('s', [1], ones)]],
};
/** Level 9 of 16 is 1 above the zero point 8. */
function fourBits(level) {
  const attributes = [...blocks, ['accuracy_level', level]].map(([name, value]) => ({ name, value }));
  return [attributes, [constant('w', [1, 1, K / 2], new Uint8Array(K / 2).fill(0x99), UINT8), constant('s', [1], ones)]];
}

async function sumOf(name, first) {
  const [attributes, weights] = PRODUCTS[name]();
  const op = name.split(',')[0];
  const domain = op === 'MatMul' ? '' : 'com.microsoft';
  const only = node(op, op === 'MatMul' ? ['a', 'w'] : ['a', 'w', 's'], 'y', attributes, domain);
  const graph = model(only, [value('a', [1, K])], value('y', [1, 1]), weights, domain);
  const session = await ort.InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const a = Float32Array.from({ length: K }, (_, i) => first[i] ?? 1);
  return (await session.run({ a: new ort.Tensor('float32', a, [1, K]) })).y.data[0];
}
for (const name of Object.keys(PRODUCTS)) {
  const said = [];
  for (const first of [[2, -3], [NaN, -3]]) said.push(`[${first.join(', ')}, 1 ...] ${(await sumOf(name, first)).toFixed(0)}`);
  console.log(`${name}: ${said.join(', ')}`);
}
JS
ORT_DISABLE_TELEMETRY=1 node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
MatMul: [2, -3, 1 ...] 29, [NaN, -3, 1 ...] NaN
MatMulNBits, level 0: [2, -3, 1 ...] 29, [NaN, -3, 1 ...] NaN
MatMulNBits, level 4: [2, -3, 1 ...] 29, [NaN, -3, 1 ...] 27
DynamicQuantizeMatMul: [2, -3, 1 ...] 29, [NaN, -3, 1 ...] 24
SEEN
echo 'as described'
