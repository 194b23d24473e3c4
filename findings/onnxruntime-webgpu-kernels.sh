#!/usr/bin/env bash
# On the webgpu provider, releasing the last session throws away every compiled kernel, and Softmax makes zeros of NaN.
#
# Library: onnxruntime-node 1.30.0, webgpu provider, Linux x64, on SwiftShader: needs Vulkan's loader and a driver, as Debian's chromium has
# them: LD_LIBRARY_PATH=/usr/lib/chromium VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json bash findings/onnxruntime-webgpu-kernels.sh
# A good guess: kernels belong to the device, which lives as long as the process; the provider's softmax of a row with NaN is NaN, as the CPU's.
# What happens: sessions share a device that is counted; with the last of them it goes, and the next session compiles all kernels again (a second
# each in software). With any other session left open they are there. Softmax of a row with NaN, or of minus infinity alone, is zeros.
#
# Seen:
#   second session after the first was released: compiles again
#   second session with another one open: does not
#   Softmax [1, NaN, 2, 3] = 0 0 0 0
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
cp "$here/onnx-model.mjs" .
cat > seen.mjs <<'JS'
process.env.ORT_DISABLE_TELEMETRY = '1';
const ort = await import('onnxruntime-node');
const { model, node, value } = await import('./onnx-model.mjs');

const graph = (op, dims) => model(node(op, ['x'], 'y'), [value('x', dims)], value('y', dims));
const product = model(node('MatMul', ['x', 'x'], 'y'), [value('x', [32, 32])], value('y', [32, 32]));
const open = (bytes) => ort.InferenceSession.create(bytes, { executionProviders: ['webgpu'] });
async function firstRun() {
  const session = await open(product);
  const started = performance.now();
  await session.run({ x: new ort.Tensor('float32', new Float32Array(1024).fill(1), [32, 32]) });
  const took = performance.now() - started;
  await session.release();
  return took;
}
await firstRun();
const alone = await firstRun();
const other = await open(graph('Exp', [4]));
await firstRun();
const beside = await firstRun();
await other.release();
console.log(`second session after the first was released: ${alone > 5 * beside ? 'compiles again' : 'does not'}`);
console.log(`second session with another one open: ${beside * 5 < alone ? 'does not' : 'compiles again'}`);
const softmax = await open(graph('Softmax', [1, 4]));
const { y } = await softmax.run({ x: new ort.Tensor('float32', Float32Array.of(1, NaN, 2, 3), [1, 4]) });
console.log(`Softmax [1, NaN, 2, 3] = ${[...y.data].join(' ')}`);
JS
node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
second session after the first was released: compiles again
second session with another one open: does not
Softmax [1, NaN, 2, 3] = 0 0 0 0
SEEN
echo 'as described'
