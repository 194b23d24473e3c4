#!/usr/bin/env bash
# Golden parity, the conformance suite and speed on the devices of this machine, from a checkout whose dependencies are there. No network.
#
#     bash scripts/gpu-check.sh                  # every device that is here; writes results/device-parity-DEVICE.md
#     bash scripts/gpu-check.sh webgpu cuda      # these
#     SHAPE=llama-1b bash scripts/gpu-check.sh   # speed of another shape (default: gpt2-small; none: no speed)
#     ITEMS=10 bash scripts/gpu-check.sh         # decisions on fewer items a task (default: 100)
#
# The path without a GPU, on the software adapter of Debian's chromium (one that is slow):
#     folder=/usr/lib/chromium
#     VK_ICD_FILENAMES=$folder/vk_swiftshader_icd.json LD_LIBRARY_PATH=$folder SHAPE=none ITEMS=10 bash scripts/gpu-check.sh webgpu
#
# A device that is not here is said in one sentence and passed over; where none is left the exit code is 1. For CUDA, first:
#     ONNXRUNTIME_NODE_INSTALL=true npm rebuild onnxruntime-node
set -euo pipefail
cd "$(dirname "$0")/.."
devices=("$@")
[ ${#devices[@]} -gt 0 ] || devices=(cuda webgpu coreml dml)

npm run -s build
node bin/bench.js doctor || true
checked=0
for device in "${devices[@]}"; do
  table=$(mktemp)
  if node dist/scripts/device-parity.js --device "$device" --shape "${SHAPE:-gpt2-small}" --items "${ITEMS:-100}" > "$table" 2> "$table.errors"; then
    mkdir -p results
    mv "$table" "results/device-parity-$device.md"
    cat "results/device-parity-$device.md"
    BENCH_TEST_DEVICE=$device npx vitest run --maxWorkers=1 test/device
    checked=$((checked + 1))
  else
    grep -m1 -- '--device' "$table.errors" || tail -5 "$table.errors"
  fi
  rm -f "$table" "$table.errors"
done
if [ "$checked" -eq 0 ]; then
  echo 'no device was checked'
  exit 1
fi
