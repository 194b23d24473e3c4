/** Whether a device multiplies, and looks up, in 16-bit floats. */
import { narrow } from '../../../core/numbers/float-formats.ts';
import type { DeviceName } from '../../engine.ts';
import { ELEMENT_TYPE, encodeModel, valueInfo } from '../proto.ts';
import type { PlainTensor, Sessions } from '../sessions.ts';

const [ROWS, INPUTS, OUTPUTS] = [3, 8, 4];

/** Products of ones by quarters, and rows of quarters: all exact in 16 bits. */
export async function computesFloat16(sessions: Sessions, device: DeviceName): Promise<boolean> {
  try {
    const session = await sessions.open(model(), {
      executionProviders: [device],
      logSeverityLevel: 4,
      extra: { session: { disable_cpu_ep_fallback: '1' } },
    });
    const x: PlainTensor = { type: 'float32', data: new Float32Array(ROWS * INPUTS).fill(1), dims: [ROWS, INPUTS] };
    const ids: PlainTensor = { type: 'int32', data: Int32Array.of(INPUTS - 1), dims: [1] };
    const { product, found } = await session.run({ x, ids }, { product: null, found: null });
    await session.release();
    return isAll(product, INPUTS / 4) && isAll(found, 1 / 4);
  } catch {
    return false;
  }
}

const isAll = (tensor: PlainTensor | undefined, value: number): boolean =>
  tensor !== undefined && (tensor.data as Float32Array).every((each) => each === value);

function model(): Uint8Array {
  const weight = narrow(new Float32Array(INPUTS * OUTPUTS).fill(1 / 4), 'F16');
  const cast = (from: string, to: string, type: number) => ({
    ...{ op_type: 'Cast', domain: '', input: [from], output: [to] },
    attribute: [{ name: 'to', type: 2, i: type } as const],
  });
  const plain = (op: string, input: readonly string[], output: string) => ({
    ...{ op_type: op, domain: '', input, output: [output], attribute: [] },
  });
  return encodeModel({
    name: 'float16',
    node: [
      cast('x', 'half', ELEMENT_TYPE.F16),
      plain('Gemm', ['half', 'weight'], 'halves'),
      cast('halves', 'product', ELEMENT_TYPE.float32),
      plain('Gather', ['weight', 'ids'], 'rows'),
      cast('rows', 'found', ELEMENT_TYPE.float32),
    ],
    initializer: [{ name: 'weight', dims: [INPUTS, OUTPUTS], data_type: ELEMENT_TYPE.F16, raw_data: weight }],
    input: [valueInfo('x', 'float32', [ROWS, INPUTS]), valueInfo('ids', 'int32', [1])],
    output: [valueInfo('product', 'float32', [ROWS, OUTPUTS]), valueInfo('found', 'float32', [1, OUTPUTS])],
  });
}
