/** Small programs that show whether a device computes layers as they are defined, and passes on what is no number. */
import { stream } from '../../../core/numbers/random.ts';
import { attention, geluTanh, layerNorm, layerNormParts, linear, logSoftmax, softmax } from '../../../tensor/layers.ts';
import type { HostTensor, Ops, Program, TensorSpec } from '../../../tensor/ops.ts';
import type { Kernel } from '../dialect.ts';

export interface ProbeProgram {
  readonly program: Program<string, string>;
  readonly feeds: Readonly<Record<string, HostTensor>>;
}

type Built = <T>(ops: Ops<T>, x: (name: string) => T) => Readonly<Record<string, T>>;

/** The most negative float32, with which attention is closed. */
const CLOSED = -3.4028234663852886e38;
const [ROWS, LENGTH, HEADS] = [8, 64, 2];
/** Widths of rows: one that is read in fours, and one that is not. */
const WIDTHS = [16, 385] as const;

function probe(
  name: string,
  feeds: ProbeProgram['feeds'],
  outputs: Readonly<Record<string, TensorSpec>>,
  build: Built,
) {
  const inputs = Object.entries(feeds).map(([input, { dims }]): [string, TensorSpec] => [
    input,
    { dtype: 'float32', dims: dims.map((size, axis) => (axis === 0 ? LETTER : size)) },
  ]);
  const program: Program<string, string> = {
    name: `probe of ${name}`,
    inputs: Object.fromEntries(inputs),
    outputs,
    build: (ops, given) => build(ops, (input) => given[input] as never),
  };
  return { program, feeds };
}

const LETTER = 'N';
const floats = (...dims: TensorSpec['dims']): TensorSpec => ({ dtype: 'float32', dims });

/** Numbers from −2 to 2, with NaN at some places. */
function numbers(name: string, dims: readonly number[], broken: readonly number[] = []): HostTensor {
  const random = stream(7, 'probe', name);
  const length = dims.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length }, (_, i) => 4 * random.uniform(i) - 2);
  for (const at of broken) data[at] = Number.NaN;
  return { dims, data };
}

/** Rows of numbers; those of `ROWS` − 2 and after begin with, or hold, NaN, the second has equal entries of 100 and the third ends in 1000. */
function rows(width: number): HostTensor {
  const x = numbers(`rows of ${width}`, [ROWS, width], [(ROWS - 2) * width, ROWS * width - 3]);
  (x.data as Float32Array).fill(100, width, 2 * width);
  (x.data as Float32Array)[3 * width - 1] = 1000;
  return x;
}

const [NARROW, WIDE] = WIDTHS.map(rows) as [HostTensor, HostTensor];

function alongRows(name: string, layer: <T>(ops: Ops<T>, x: T) => T): ProbeProgram {
  const outputs = { narrow: floats(LETTER, WIDTHS[0]), wide: floats(LETTER, WIDTHS[1]) };
  return probe(name, { narrow: NARROW, wide: WIDE }, outputs, (ops, x) => ({
    narrow: layer(ops, x('narrow')),
    wide: layer(ops, x('wide')),
  }));
}

/** Three sequences: one as it should be, one with NaN in a query, one with NaN in a key. Causal, of a length that kernels tile. */
function attentionProbe(width: number): ProbeProgram {
  const wide = HEADS * width;
  const dims = [3, LENGTH, wide];
  const bias = { dims: [3, 1, LENGTH, LENGTH], data: new Float32Array(3 * LENGTH * LENGTH) };
  bias.data.forEach((_, i) => {
    const [query, key] = [Math.floor(i / LENGTH) % LENGTH, i % LENGTH];
    if (key > query) bias.data[i] = CLOSED;
  });
  const [q, k, v] = [
    numbers('q', dims, [(LENGTH + 5) * wide]),
    numbers('k', dims, [(2 * LENGTH + 3) * wide]),
    numbers('v', dims),
  ];
  return probe('attention', { q, k, v, bias }, { mixed: floats(LETTER, LENGTH, wide) }, (ops, x) => ({
    mixed: attention(ops, x('q'), x('k'), x('v'), x('bias'), HEADS, width),
  }));
}

const [gain, bias] = [numbers('gain', [WIDTHS[0]]), numbers('bias', [WIDTHS[0]])];
const OUT = 24;
const normInputs = { x: NARROW, gain, bias };

function linearProbe(): ProbeProgram {
  const feeds = {
    x: NARROW,
    down: numbers('down', [WIDTHS[0], OUT]),
    up: numbers('up', [OUT, WIDTHS[0]]),
    bias: numbers('b', [OUT]),
  };
  const outputs = { down: floats(LETTER, OUT), up: floats(LETTER, OUT) };
  return fixed(
    probe('linear', feeds, outputs, (ops, x) => ({
      down: linear(ops, x('x'), x('down'), x('bias'), false),
      up: linear(ops, x('x'), x('up'), null, true),
    })),
    ['x'],
  );
}

/** The same with known sizes of all inputs but these. */
function fixed({ program, feeds }: ProbeProgram, open: readonly string[]): ProbeProgram {
  const inputs = Object.entries(program.inputs).map(([name, { dims, dtype }]): [string, TensorSpec] => [
    name,
    open.includes(name) ? { dims, dtype } : { dtype, dims: (feeds[name] as HostTensor).dims },
  ]);
  return { program: { ...program, inputs: Object.fromEntries(inputs) }, feeds };
}

/** What shows each kernel, whether it is used or spelled out. */
export const KERNEL_PROBES: Readonly<Record<Kernel, readonly ProbeProgram[]>> = {
  softmax: [alongRows('softmax', softmax)],
  logSoftmax: [alongRows('log-softmax', logSoftmax)],
  geluTanh: [alongRows('GELU', geluTanh)],
  layerNorm: [
    fixed(
      probe('layer norm', normInputs, { normed: floats(LETTER, WIDTHS[0]) }, (ops, x) => ({
        normed: layerNorm(ops, x('x'), x('gain'), x('bias'), WIDTHS[0], 1e-5),
      })),
      ['x'],
    ),
  ],
  layerNormParts: [
    fixed(
      probe(
        'parts of layer norm',
        normInputs,
        { normed: floats(LETTER, WIDTHS[0]), mean: floats(LETTER, 1), inverse: floats(LETTER, 1) },
        (ops, x) => ({ ...layerNormParts(ops, x('x'), x('gain'), x('bias'), WIDTHS[0], 1e-5) }),
      ),
      ['x'],
    ),
  ],
  linear: [linearProbe()],
  fusedMatmul: [
    probe(
      'products with a transposed operand',
      { a: numbers('a', [3, ROWS, WIDTHS[0]], [40]), b: numbers('b', [3, OUT, WIDTHS[0]]) },
      { product: floats(LETTER, ROWS, OUT) },
      (ops, x) => ({ product: ops.matmul(x('a'), x('b'), { transposeB: true }) }),
    ),
  ],
  attention: [attentionProbe(8), attentionProbe(6)],
};

/** Operations whose kernels may lose NaN, by ONNX's names, and those that stand for all that must not. */
const POSITIVE: HostTensor = {
  ...NARROW,
  data: (NARROW.data as Float32Array).map((value) => Math.abs(value) / 20 + 0.1) as Float32Array,
};
const likeRows = floats(LETTER, WIDTHS[0]);

export const GUARDABLE = ['Exp', 'Log', 'Tanh', 'Sqrt'] as const;

/** Each operation by itself: outputs are called as its ONNX operation. */
export const OPERATIONS: ProbeProgram = probe(
  'single operations',
  { x: POSITIVE, y: numbers('other', [ROWS, WIDTHS[0]]) },
  {
    ...{ Exp: likeRows, Log: likeRows, Tanh: likeRows, Sqrt: likeRows },
    ...{ Add: likeRows, Sub: likeRows, Mul: likeRows, Div: likeRows },
    ...{ ReduceSum: floats(LETTER, 1), Slice: floats(LETTER, 12), Concat: floats(LETTER, 2 * WIDTHS[0]) },
  },
  (ops, x) => ({
    ...{ Exp: ops.exp(x('x')), Log: ops.log(x('x')), Tanh: ops.tanh(x('x')), Sqrt: ops.sqrt(x('x')) },
    ...{ Add: ops.add(x('x'), x('y')), Sub: ops.sub(x('y'), x('x')) },
    ...{ Mul: ops.mul(x('x'), x('y')), Div: ops.div(x('y'), x('x')) },
    ...{ ReduceSum: ops.sum(x('x')), Slice: ops.slice(x('x'), 0, 12), Concat: ops.concat(x('y'), x('x')) },
  }),
);
