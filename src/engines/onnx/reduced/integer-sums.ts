/**
 * Whether this processor's kernel for products of unsigned and signed 8-bit integers sums exactly. Those of x64 without VNNI add two
 * products in 16 bits, which 255 · 127 + 255 · 127 does not fit into; onnxruntime has slower, exact ones then (`x64quantprecision`).
 * With VNNI that setting costs a factor of 4 and changes nothing.
 */
import { ELEMENT_TYPE, encodeModel, valueInfo } from '../proto.ts';
import type { PlainTensors, Sessions } from '../sessions.ts';

const [ROWS, INPUTS, OUTPUTS] = [16, 64, 32];
const [LARGEST_U8, LARGEST_I8] = [255, 127];

export async function sumsAreExact(sessions: Sessions): Promise<boolean> {
  const session = await sessions.open(product(), { executionProviders: ['cpu'], intraOpNumThreads: 1 });
  const data = new Uint8Array(ROWS * INPUTS).fill(LARGEST_U8);
  const rows = { type: 'uint8', data, dims: [ROWS, INPUTS] } as const;
  const { sums } = (await session.run({ rows }, { sums: null })) as PlainTensors & Record<'sums', PlainTensors[string]>;
  await session.release();
  return (sums.data as Int32Array).every((sum) => sum === INPUTS * LARGEST_U8 * LARGEST_I8);
}

function product(): Uint8Array {
  const columns = new Uint8Array(INPUTS * OUTPUTS).fill(LARGEST_I8);
  return encodeModel({
    name: 'integer sums',
    node: [{ op_type: 'MatMulInteger', domain: '', input: ['rows', 'columns'], output: ['sums'], attribute: [] }],
    initializer: [{ name: 'columns', dims: [INPUTS, OUTPUTS], data_type: ELEMENT_TYPE.I8, raw_data: columns }],
    input: [valueInfo('rows', 'U8', [ROWS, INPUTS])],
    output: [valueInfo('sums', 'int32', [ROWS, OUTPUTS])],
  });
}
