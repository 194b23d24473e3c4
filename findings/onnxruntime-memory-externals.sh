#!/usr/bin/env bash
# A model whose weights lie partly in files and partly in memory cannot be opened.
#
# Library: onnxruntime-node 1.30.0, CPU provider.
# A good guess: `externalData` hands over the content of the files that it names; a file that it does not name is read from the disk,
# as all of them are where the option is not given.
# What happens: with one entry in `externalData`, every external weight must be there. The error names the file on the disk as
# "not found from the table user provided". So weights that are decoded in memory (quantised blocks, merged adapters) cannot
# stand beside weights that are mapped from the checkpoint: either all are held in memory, or those few are written to files.
#
# Seen, for one model with two weights:
#   both in files: 33
#   both in memory: 33
#   one in memory, one in a file: refused
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
cp "$here/onnx-model.mjs" .
cat > seen.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { inFile, model, node, value } from './onnx-model.mjs';

// Small weights are copied into the model while it is read, and would not show it.
const N = 64;
const [ones, halves] = [1, 0.5].map((x) => new Float32Array(N * N).fill(x));
writeFileSync('ones.bin', Buffer.from(ones.buffer));
writeFileSync('halves.bin', Buffer.from(halves.buffer));
const weights = [inFile('a', [N, N], 'ones.bin'), inFile('b', [N, N], 'halves.bin')];
const graph = model(node('Gemm', ['x', 'a', 'b'], 'y'), [value('x', [N, N])], value('y', [N, N]), weights);
writeFileSync('model.onnx', graph);
const x = new ort.Tensor('float32', new Float32Array(N * N).fill(0.5078125), [N, N]);

async function shown(what, externalData) {
  const options = externalData.length === 0 ? {} : { externalData };
  const answer = await ort.InferenceSession.create('model.onnx', { ...options, logSeverityLevel: 4 }).then(
    async (session) => (await session.run({ x })).y.data[0],
    (error) => {
      console.error(`  ${error.message}`);
      return 'refused';
    },
  );
  console.log(`${what}: ${answer}`);
}
const inMemory = (path, data) => ({ path, data: new Uint8Array(data.buffer) });
await shown('both in files', []);
await shown('both in memory', [inMemory('ones.bin', ones), inMemory('halves.bin', halves)]);
await shown('one in memory, one in a file', [inMemory('ones.bin', ones)]);
JS
ORT_DISABLE_TELEMETRY=1 node seen.mjs | tee seen.txt
diff seen.txt - <<'SEEN'
both in files: 33
both in memory: 33
one in memory, one in a file: refused
SEEN
echo 'as described'
