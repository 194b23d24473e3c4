import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import { engineConformance } from './engines.ts';

/** Results leave an engine as float32: half a unit in the last place of numbers up to 2. */
const FLOAT32_RESULTS = 1.2e-7;
/** A few roundings to float32 in sums of up to five terms, and approximations of exp and tanh that are good to 1e-6. */
const FLOAT32_ARITHMETIC = 4e-6;

engineConformance({ name: 'reference', make: async () => referenceEngine(), tolerance: FLOAT32_RESULTS });
engineConformance({ name: 'onnx', make: () => onnxEngine({ threads: 1 }), tolerance: FLOAT32_ARITHMETIC });
engineConformance({
  name: 'onnx without fused kernels',
  make: () => onnxEngine({ threads: 1, fused: false }),
  tolerance: FLOAT32_ARITHMETIC,
});
engineConformance({ name: 'tfjs', make: () => tfjsEngine(), tolerance: FLOAT32_ARITHMETIC });
