/** `Ops` whose tensors are names of values in an ONNX graph: running a program's `build` writes the graph. */
import type { Dim, Dtype, MatmulOptions, Ops } from '../../tensor/ops.ts';
import * as rules from '../../tensor/shape-rules.ts';
import type { PackedUse } from '../packed/packed-use.ts';
import { derivativeOps } from './derivative-ops.ts';
import type { Dialect } from './dialect.ts';
import { elementOps } from './element-ops.ts';
import { fusedKernels } from './fused-kernels.ts';
import { externalTensor } from './graph-protos.ts';
import { NodeList } from './node-list.ts';
import { ELEMENT_TYPE, type TensorProto } from './proto.ts';
import type { ReducedKernels } from './reduced/kernels.ts';
import { shapeOps } from './shape-ops.ts';
import type { Attributes, BranchValues, GraphNodes, Lookup, Value, WeightPlaces } from './value.ts';

export interface GraphOptions {
  readonly dialect: Dialect;
  /** Kernels for weights that are held in fewer bits; null: all are multiplied as float32. */
  readonly reduced: ((ops: GraphNodes) => ReducedKernels) | null;
}

/** Collects nodes and initializers while a program is built. */
export class GraphOps implements Ops<Value>, GraphNodes {
  readonly list = new NodeList();
  readonly initializers: TensorProto[] = [];
  readonly fused: Ops<Value>['fused'];
  readonly #weights: WeightPlaces;
  readonly #dialect: Dialect;
  readonly #reduced: ReducedKernels | null;
  readonly #known = new Map<string, Value>();
  /** Every look-up by ids: their value's name, and the number of rows or columns that there are. */
  readonly lookups: Lookup[] = [];

  constructor(weights: WeightPlaces, { dialect, reduced }: GraphOptions) {
    this.#weights = weights;
    this.#dialect = dialect;
    this.#reduced = reduced?.(this) ?? null;
    this.fused = fusedKernels(this, dialect.kernels, this.#reduced);
  }

  /** Adds a node with one output. Where the kernel would lose a NaN of its input, the input times zero is added. */
  node(type: string, inputs: readonly Value[], shape: rules.Shape, attributes: Attributes = {}, domain = ''): Value {
    const made = this.nodeOf(type, inputs, [shape], attributes, domain)[0] as Value;
    if (!this.#dialect.guarded.has(type)) return made;
    const [x = made] = inputs;
    return this.node('Add', [made, this.node('Mul', [x, this.scalar(0)], x.shape)], shape);
  }

  /** Adds a node with one output for each shape. */
  nodeOf(
    type: string,
    inputs: readonly Value[],
    shapes: readonly rules.Shape[],
    attributes: Attributes = {},
    domain = '',
  ): readonly Value[] {
    const read = inputs.map((each) => this.#read(each));
    return this.list.add({ type, inputs: read, shapes, attributes, domain });
  }

  conditional(
    condition: Value,
    shapes: readonly rules.Shape[],
    thenBranch: () => BranchValues,
    elseBranch: () => BranchValues,
  ): readonly Value[] {
    const attributes = {
      then_branch: this.list.branch('then', thenBranch),
      else_branch: this.list.branch('else', elseBranch),
    };
    return this.nodeOf('If', [condition], shapes, attributes);
  }

  withShape(value: Value): Value {
    this.list.addValueInfo(value);
    return value;
  }

  /** Makes a value an output of the graph, in the type that the device has for integers. */
  output(given: Value, name: string, dtype: Dtype): void {
    const value = this.#read(given);
    if (dtype === 'float32' || !this.#dialect.castsIntegers) this.list.output(value, name);
    else this.list.copy('Cast', value, name, { to: ELEMENT_TYPE[dtype] });
  }

  /** Becomes a node's input where a node reads it: a product that holds it in fewer bits never does. */
  weight(name: string): Value {
    return { name: `weight ${name}`, shape: this.#weights.shapeOf(name), weight: name };
  }

  #read(value: Value): Value {
    const { weight } = value;
    if (weight === undefined) return value;
    return this.#once(`weight ${weight}`, () => {
      const source = this.#weights.dense(weight);
      const stored: Value = { name: `w.${weight}`, shape: source.shape };
      this.initializers.push(externalTensor(stored.name, source, this.#weights.folder));
      if (source.dtype === 'F32') return stored;
      return this.node('Cast', [stored], stored.shape, { to: ELEMENT_TYPE.float32 });
    });
  }

  blocksOf = (weight: string) => this.#weights.blocksOf(weight);

  /** An array of a weight in fewer bits, by its name in the form. */
  part(use: PackedUse, name: string, shape?: rules.Shape): Value {
    const part = this.#weights.packed(use, name);
    const stored = { ...part, shape: (shape ?? part.shape) as readonly number[] };
    return this.#once(`part ${use.weight} ${use.form} ${name} ${stored.shape.join()}`, () => {
      const value: Value = { name: `p${this.initializers.length}`, shape: stored.shape };
      this.initializers.push(externalTensor(value.name, stored, this.#weights.folder));
      return value;
    });
  }

  scalar(value: number): Value {
    return this.constant(`scalar ${value}`, [], ELEMENT_TYPE.float32, new Uint8Array(Float32Array.of(value).buffer));
  }

  gather(table: Value, ids: Value): Value {
    const { weight } = table;
    this.lookups.push({ ids: ids.name, size: table.shape[0] as Dim });
    const rows = weight === undefined ? null : this.#reduced?.gather(weight, table.shape, ids);
    return rows ?? this.node('Gather', [table, ids], rules.gatherShape(table.shape, ids.shape), { axis: 0 });
  }

  take(x: Value, index: Value): Value {
    const shape = rules.takeShape(x.shape, index.shape);
    this.lookups.push({ ids: index.name, size: x.shape[1] as Dim });
    const column = this.column(index);
    const taken = this.node('GatherElements', [x, column], [...shape, 1], { axis: 1 });
    return this.node('Squeeze', [taken, this.ints([1])], shape);
  }

  column(index: Value): Value {
    const shape = [...index.shape, 1];
    if (index.argmaxOf === undefined || this.#dialect.castsIntegers) {
      return this.node('Unsqueeze', [index, this.ints([-1])], shape);
    }
    return this.node('ArgMax', [index.argmaxOf], shape, { axis: -1, keepdims: 1 });
  }

  matmul(a: Value, b: Value, options: MatmulOptions = {}): Value {
    const shape = rules.matmulShape(a.shape, b.shape, options);
    const { transposeA = false, transposeB = false } = options;
    const [transA, transB] = [Number(transposeA), Number(transposeB)];
    if (!transposeA && !transposeB) return this.node('MatMul', [a, b], shape);
    if (a.shape.length === 2 && b.shape.length === 2) return this.node('Gemm', [a, b], shape, { transA, transB });
    if (this.#dialect.kernels.has('fusedMatmul'))
      return this.node('FusedMatMul', [a, b], shape, { transA, transB }, 'com.microsoft');
    const plain = (x: Value, transposed: boolean) => (transposed ? this.#transposed(x) : x);
    return this.node('MatMul', [plain(a, transposeA), plain(b, transposeB)], shape);
  }

  #transposed(x: Value): Value {
    const rank = x.shape.length;
    const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
    const shape = perm.map((axis) => x.shape[axis]!);
    return this.node('Transpose', [x], shape, { perm });
  }

  readonly #derivatives = derivativeOps(this);
  equal = this.#derivatives.equal;
  sumTo = this.#derivatives.sumTo;
  stretch = this.#derivatives.stretch;
  zerosLike = this.#derivatives.zerosLike;
  pad = this.#derivatives.pad;
  addRows = this.#derivatives.addRows;
  addAt = this.#derivatives.addAt;
  unflatten = this.#derivatives.unflatten;
  sumHeads = this.#derivatives.sumHeads;

  readonly #elements = elementOps(this);
  add = this.#elements.add;
  sub = this.#elements.sub;
  mul = this.#elements.mul;
  div = this.#elements.div;
  exp = this.#elements.exp;
  log = this.#elements.log;
  tanh = this.#elements.tanh;
  sqrt = this.#elements.sqrt;
  sum = this.#elements.sum;
  max = this.#elements.max;
  argmax = this.#elements.argmax;

  readonly #shapes = shapeOps(this);
  slice = this.#shapes.slice;
  concat = this.#shapes.concat;
  splitLast = this.#shapes.splitLast;
  mergeLast = this.#shapes.mergeLast;
  swapMiddle = this.#shapes.swapMiddle;
  flatten = this.#shapes.flatten;
  repeatHeads = this.#shapes.repeatHeads;

  /** A constant vector of sizes or axes. */
  ints(values: readonly number[]): Value {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.constant(`ints ${values.join(',')}`, [values.length], ELEMENT_TYPE.int64, bytes);
  }

  constant(key: string, dims: readonly number[], type: number, bytes: Uint8Array): Value {
    return this.#once(key, () => {
      const name = `c${this.initializers.length}`;
      this.initializers.push({ name, dims, data_type: type, raw_data: bytes });
      return { name, shape: dims };
    });
  }

  #once(key: string, make: () => Value): Value {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#known.set(key, made);
    return made;
  }
}
