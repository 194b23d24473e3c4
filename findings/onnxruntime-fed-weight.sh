#!/usr/bin/env bash
# MatMul gives other bits for a weight that is fed than for the same weight in the model, and only the fed one's depend on the
# number of threads.
#
# Library: onnxruntime-node 1.30.0, CPU provider, Linux x64 (AVX2). Which elements differ depends on the processor.
# A good guess: the same product of the same matrices has the same bits, whether the right-hand one is an input or an initializer.
# What happens: an initializer is packed once when the session is made, an input is not, and the two kernels add in another order.
# The unpacked one also divides the columns among the threads, and where a part is narrow it takes another kernel for it.
# So numbers from graphs with fed weights (training, adapters that are switched, one graph for many checkpoints) are
# not those of the finished model, and change with the machine's cores.
#
# Seen, for [16, 1024] x [1024, 300], of 4800 elements:
#   weight in the model, 1 and 4 threads: same bits
#   weight fed, 1 and 4 threads: other bits (861 elements)
#   in the model and fed, 1 thread: other bits (4260 elements)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
cp "$here/onnx-model.mjs" .
cat > seen.mjs <<'JS'
import * as ort from 'onnxruntime-node';
import { constant, model, node, value } from './onnx-model.mjs';

const [M, K, N] = [16, 1024, 300];
let state = 1;
const drawn = (n) => Float32Array.from({ length: n }, () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31 - 0.5);
const [left, right] = [drawn(M * K), drawn(K * N)];
const a = new ort.Tensor('float32', left, [M, K]);
const b = new ort.Tensor('float32', right, [K, N]);
const product = node('MatMul', ['a', 'b'], 'y');
const within = model(product, [value('a', [M, K])], value('y', [M, N]), [constant('b', [K, N], right)]);
const fed = model(product, [value('a', [M, K]), value('b', [K, N])], value('y', [M, N]));

async function bits(graph, feeds, intraOpNumThreads) {
  const session = await ort.InferenceSession.create(graph, { intraOpNumThreads });
  return (await session.run(feeds)).y.data;
}
function compared(what, one, other) {
  const differing = one.filter((x, i) => x !== other[i]).length;
  const verdict = differing === 0 ? 'same bits' : 'other bits';
  console.log(`${what}: ${verdict}`);
  if (differing > 0) console.error(`  ${differing} of ${one.length} elements`);
}
compared('weight in the model, 1 and 4 threads', await bits(within, { a }, 1), await bits(within, { a }, 4));
compared('weight fed, 1 and 4 threads', await bits(fed, { a, b }, 1), await bits(fed, { a, b }, 4));
compared('in the model and fed, 1 thread', await bits(within, { a }, 1), await bits(fed, { a, b }, 1));
JS
node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
weight in the model, 1 and 4 threads: same bits
weight fed, 1 and 4 threads: other bits
in the model and fed, 1 thread: other bits
SEEN
echo 'as described'
