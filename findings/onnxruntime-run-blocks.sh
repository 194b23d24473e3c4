#!/usr/bin/env bash
# While `await session.run()` computes, nothing else of the process runs: no timer, no signal handler, no second session.
#
# Library: onnxruntime-node 1.30.0, CPU provider.
# A good guess: `run` returns a promise, so the work is done beside the thread of JavaScript, as that of `fs.promises` or `zlib` is.
# What happens: it is done on that thread. `run` waits one turn of the event loop (`setImmediate`) and then computes to the end.
# So a progress line stands still, Ctrl-C is heard after the call, a queue's lock is not renewed, and two sessions
# that are run with `Promise.all` run one after the other.
#
# Seen, for a product that takes a second or more, with a timer every 20 ms:
#   ticks while two runs were awaited: at most one for each
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
cp "$here/onnx-model.mjs" .
cat > seen.mjs <<'JS'
import * as ort from 'onnxruntime-node';
import { model, node, value } from './onnx-model.mjs';

const N = 3000;
const graph = model(node('MatMul', ['a', 'b'], 'y'), [value('a', [N, N]), value('b', [N, N])], value('y', [N, N]));
const session = await ort.InferenceSession.create(graph, { intraOpNumThreads: 1 });
const matrix = () => new ort.Tensor('float32', new Float32Array(N * N).fill(0.5), [N, N]);
const feeds = { a: matrix(), b: matrix() };
await session.run(feeds);
let ticks = 0;
const timer = setInterval(() => ticks++, 20);
const started = performance.now();
await Promise.all([session.run(feeds), session.run(feeds)]);
const elapsed = performance.now() - started;
clearInterval(timer);
console.error(`  ${ticks} ticks in ${Math.round(elapsed)} ms, about ${Math.floor(elapsed / 20)} were due`);
console.log(`ticks while two runs were awaited: ${ticks <= 2 && elapsed > 200 ? 'at most one for each' : 'more'}`);
JS
ORT_DISABLE_TELEMETRY=1 node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
ticks while two runs were awaited: at most one for each
SEEN
echo 'as described'
