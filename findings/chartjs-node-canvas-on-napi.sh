#!/usr/bin/env bash
# On @napi-rs/canvas one call of chartjs-node-canvas never answers, and most of the others fail.
#
# Libraries: chartjs-node-canvas 5.0.0, chart.js 4.6.1, and @napi-rs/canvas 1.0.11 in the place of `canvas`, as npm's `overrides` put it.
# A good guess: both canvases have the interface of the web's, so charts are drawn either way; what is missing says so.
# What happens: everything beyond the web's interface differs. The synchronous PNG and data URL work. `renderToBuffer` hands `toBuffer` a
# callback that the other library takes for a format; a stream is asked of a method that it does not have; and
# `renderToDataURL` gives a callback to `toDataURL`, which returns the URL instead: the promise is never settled.
#
# Seen:
#   renderToBufferSync: PNG
#   renderToDataURLSync: data:image/png
#   renderToBuffer: fails
#   renderToStream: fails
#   renderToDataURL: no answer
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"overrides": {"canvas": "npm:@napi-rs/canvas@1.0.11"}}' > package.json
npm install --silent --ignore-scripts --no-audit --no-fund chartjs-node-canvas@5.0.0 chart.js@4.6.1
cat > seen.cjs <<'JS'
const { ChartJSNodeCanvas } = require('chartjs-node-canvas');

const chart = { type: 'bar', data: { labels: ['a'], datasets: [{ data: [1] }] }, options: { animation: false } };
const noAnswer = () => new Promise((resolve) => setTimeout(resolve, 5000, 'no answer'));
const isPng = (answer) => Buffer.isBuffer(answer) && answer.subarray(1, 4).toString() === 'PNG';

async function shown(call) {
  const canvas = new ChartJSNodeCanvas({ width: 100, height: 80 });
  const drawn = new Promise((resolve) => resolve(canvas[call](chart))).catch(() => 'fails');
  const answer = await Promise.race([drawn, noAnswer()]);
  console.log(`${call}: ${isPng(answer) ? 'PNG' : String(answer).split(';')[0]}`);
}
(async () => {
  for (const call of ['renderToBufferSync', 'renderToDataURLSync', 'renderToBuffer', 'renderToStream', 'renderToDataURL']) await shown(call);
  process.exit();
})();
JS
node seen.cjs | tee seen.txt
diff seen.txt - <<'SEEN'
renderToBufferSync: PNG
renderToDataURLSync: data:image/png
renderToBuffer: fails
renderToStream: fails
renderToDataURL: no answer
SEEN
echo 'as described'
