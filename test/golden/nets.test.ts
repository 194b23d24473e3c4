/** Golden parity on every engine. */
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import { FLOAT32_TOLERANCE, goldenParity } from './nets.ts';

/** float64 against float32: what is left is PyTorch's own rounding, up to 6e-6 on logits. */
const REFERENCE_TOLERANCE = 1e-5;

goldenParity({ name: 'onnx', make: () => onnxEngine({ threads: 2 }), tolerance: FLOAT32_TOLERANCE });
goldenParity({ name: 'tfjs', make: () => tfjsEngine(), tolerance: FLOAT32_TOLERANCE });
goldenParity({ name: 'reference', make: async () => referenceEngine(), tolerance: REFERENCE_TOLERANCE });
