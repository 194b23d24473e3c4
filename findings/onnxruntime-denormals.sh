#!/usr/bin/env bash
# Opening a session with session.set_denormal_as_zero takes denormal numbers away from JavaScript: Number.MIN_VALUE > 0 is false from then on.
#
# Library: onnxruntime-node 1.30.0, CPU provider, Linux x64.
# A good guess: the option is of a session, and says how its kernels compute; arithmetic of the program around it is that of ECMAScript.
# What happens: the processor's mode of the thread that opens the session is switched and never switched back, also after the session
# is released, so that numbers below 2.2e-308, and float32 values below 1.2e-38 wherever a float32 is read, become 0 in JavaScript. Only the first
# session of a process decides, and only for its own thread: a later one with the option changes nothing, and a thread of
# worker_threads that comes second computes with denormals in the same session options.
#
# Seen:
#   before a session: Number.MIN_VALUE > 0 is true, float32 1e-40 + 0 is 1e-40
#   the first session has the option: Number.MIN_VALUE > 0 is false, float32 1e-40 + 0 is 0
#   it is released: Number.MIN_VALUE > 0 is false, float32 1e-40 + 0 is 0
#   the second session has the option: Number.MIN_VALUE > 0 is true, float32 1e-40 + 0 is 1e-40
#   in the first of two threads with such sessions: Number.MIN_VALUE > 0 is false, float32 1e-40 + 0 is 0
#   in the second of two threads with such sessions: Number.MIN_VALUE > 0 is true, float32 1e-40 + 0 is 1e-40
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export ORT_DISABLE_TELEMETRY=1
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
cp "$here/onnx-model.mjs" .
cat > seen.mjs <<'JS'
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';
import { model, node, value } from './onnx-model.mjs';

const graph = model(node('Abs', ['x'], 'y'), [value('x', [1])], value('y', [1]));
const withOption = { extra: { session: { set_denormal_as_zero: '1' } } };
const open = (options) => ort.InferenceSession.create(graph, options);
const small = Float32Array.of(1e-40);
// Through arrays, so that nothing is computed when the program is compiled.
const least = Float64Array.of(Number.MIN_VALUE);
const say = (when) =>
  console.log(`${when}: Number.MIN_VALUE > 0 is ${least[0] > 0}, float32 1e-40 + 0 is ${Number((small[0] + 0).toPrecision(2))}`);

const [, file, first] = process.argv;
if (!isMainThread) {
  await open(withOption);
  say(`in the ${workerData} of two threads with such sessions`);
} else if (first === 'with') {
  say('before a session');
  const session = await open(withOption);
  say('the first session has the option');
  await session.release();
  say('it is released');
} else if (first === 'without') {
  await open({});
  await open(withOption);
  say('the second session has the option');
} else {
  for (const workerData of ['first', 'second']) {
    await new Promise((ended) => new Worker(file, { workerData }).once('exit', ended));
  }
}
JS
for first in with without thread; do node seen.mjs "$first"; done | tee seen.txt
diff seen.txt - <<'SEEN'
before a session: Number.MIN_VALUE > 0 is true, float32 1e-40 + 0 is 1e-40
the first session has the option: Number.MIN_VALUE > 0 is false, float32 1e-40 + 0 is 0
it is released: Number.MIN_VALUE > 0 is false, float32 1e-40 + 0 is 0
the second session has the option: Number.MIN_VALUE > 0 is true, float32 1e-40 + 0 is 1e-40
in the first of two threads with such sessions: Number.MIN_VALUE > 0 is false, float32 1e-40 + 0 is 0
in the second of two threads with such sessions: Number.MIN_VALUE > 0 is true, float32 1e-40 + 0 is 1e-40
SEEN
echo 'as described'
