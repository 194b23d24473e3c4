#!/usr/bin/env bash
# ReduceMax of [1, NaN, 2, 3] is 2, and ArgMax of it depends on whether it is a vector or a row.
#
# Library: onnxruntime-node 1.30.0, CPU provider, Linux x64.
# A good guess: NaN, as Max and Softmax of the same library give; or 3, the largest number, as a maximum that skips NaN gives.
# What happens: the running maximum starts anew behind a NaN, and what stood before or behind is lost by position. A NaN in the
# first place is kept, the same NaN elsewhere is not. ArgMax names the NaN of a vector, and the largest number of a matrix's row.
# So a broken logit can leave a plausible maximum, and where it stood decides whether anybody notices.
#
# Seen:
#   ReduceMax [1, NaN, 2, 3] = 2
#   ReduceMax [NaN, 1, 2, 3] = NaN
#   ReduceMax [1, 2, 3, NaN] = 3
#   ArgMax    [1, NaN, 2, 3] = 1
#   ArgMax    [[1, NaN, 2, 3]] = 3
#   Softmax   [1, NaN, 2, 3] = NaN NaN NaN NaN
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
cp "$here/onnx-model.mjs" .
cat > seen.mjs <<'JS'
import * as ort from 'onnxruntime-node';
import { FLOAT, model, node, value } from './onnx-model.mjs';

const INT64 = 7;
const LAST_AXIS = { name: 'axis', value: -1 };
async function shown(op, values, { rows = false, to = [1], type = FLOAT } = {}) {
  const dims = rows ? [1, 4] : [4];
  const graph = model(node(op, ['x'], 'y', op === 'ArgMax' ? [LAST_AXIS] : []), [value('x', dims)], value('y', to, type));
  const session = await ort.InferenceSession.create(graph);
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.from(values), dims) });
  const list = `[${values.join(', ')}]`;
  console.log(`${op.padEnd(9)} ${rows ? `[${list}]` : list} = ${[...y.data].join(' ')}`);
}
await shown('ReduceMax', [1, NaN, 2, 3]);
await shown('ReduceMax', [NaN, 1, 2, 3]);
await shown('ReduceMax', [1, 2, 3, NaN]);
await shown('ArgMax', [1, NaN, 2, 3], { type: INT64 });
await shown('ArgMax', [1, NaN, 2, 3], { rows: true, to: [1, 1], type: INT64 });
await shown('Softmax', [1, NaN, 2, 3], { to: [4] });
JS
node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
ReduceMax [1, NaN, 2, 3] = 2
ReduceMax [NaN, 1, 2, 3] = NaN
ReduceMax [1, 2, 3, NaN] = 3
ArgMax    [1, NaN, 2, 3] = 1
ArgMax    [[1, NaN, 2, 3]] = 3
Softmax   [1, NaN, 2, 3] = NaN NaN NaN NaN
SEEN
echo 'as described'
