/** `Ops` whose tensors are names of values in an ONNX graph: running a program's `build` writes the graph. */
import type { DenseWeight, Dtype, MatmulOptions, Ops } from '../../tensor/ops.ts';
import * as rules from '../../tensor/shape-rules.ts';
import { derivativeOps } from './derivative-ops.ts';
import { fusedKernels } from './fused-kernels.ts';
import { type Attributes, attributeProto, externalTensor } from './graph-protos.ts';
import { ELEMENT_TYPE, type NodeProto, type TensorProto } from './proto.ts';
import type { GraphNodes, Value } from './value.ts';

export interface GraphOptions {
  /** Weights files are named relative to this folder. */
  readonly folder: string;
  /** Use onnxruntime's fused kernels; false spells every layer out (for the conformance test). */
  readonly fused: boolean;
}

/** Collects nodes and initializers while a program is built. */
export class GraphOps implements Ops<Value>, GraphNodes {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly fused: Ops<Value>['fused'];
  readonly #weights: ReadonlyMap<string, DenseWeight>;
  readonly #folder: string;
  readonly #isFused: boolean;
  readonly #known = new Map<string, Value>();
  /** New names of values that became outputs. */
  readonly #outputs = new Map<string, string>();

  constructor(weights: ReadonlyMap<string, DenseWeight>, options: GraphOptions) {
    this.#weights = weights;
    this.#folder = options.folder;
    this.#isFused = options.fused;
    this.fused = options.fused ? fusedKernels(this) : {};
  }

  /** Adds a node with one output. */
  node(type: string, inputs: readonly Value[], shape: rules.Shape, attributes: Attributes = {}, domain = ''): Value {
    return this.nodeOf(type, inputs, [shape], attributes, domain)[0] as Value;
  }

  /** Adds a node with one output for each shape. */
  nodeOf(
    type: string,
    inputs: readonly Value[],
    shapes: readonly rules.Shape[],
    attributes: Attributes = {},
    domain = '',
  ): readonly Value[] {
    const outputs = shapes.map((shape, i) => ({ name: `v${this.nodes.length}.${i}`, shape }));
    this.nodes.push({
      op_type: type,
      domain,
      input: inputs.map((input) => input.name),
      output: outputs.map((output) => output.name),
      attribute: Object.entries(attributes).map(attributeProto),
    });
    return outputs;
  }

  /** Makes a value an output of the graph. Where a node made it, the node writes it there itself: nothing is copied. */
  output(value: Value, name: string, dtype: Dtype): void {
    const isMade = this.nodes.some((node) => node.output.includes(value.name));
    if (dtype === 'float32' && isMade && !this.#outputs.has(value.name)) this.#rename(value.name, name);
    else if (dtype === 'float32') this.#copy('Identity', value.name, name);
    else this.#copy('Cast', value.name, name, { to: ELEMENT_TYPE[dtype] });
  }

  #rename(from: string, to: string): void {
    const renamed = (names: readonly string[]): readonly string[] => names.map((name) => (name === from ? to : name));
    this.nodes.forEach(({ input, output, ...node }, i) => {
      if (input.includes(from) || output.includes(from)) {
        this.nodes[i] = { ...node, input: renamed(input), output: renamed(output) };
      }
    });
    this.#outputs.set(from, to);
  }

  #copy(type: string, from: string, to: string, attributes: Attributes = {}): void {
    this.nodes.push({
      op_type: type,
      domain: '',
      input: [this.#outputs.get(from) ?? from],
      output: [to],
      attribute: Object.entries(attributes).map(attributeProto),
    });
  }

  weight(name: string): Value {
    return this.#once(`weight ${name}`, () => {
      const source = this.#weights.get(name);
      if (source === undefined) throw new RangeError(`the checkpoint has no weight '${name}'`);
      const stored: Value = { name: `w.${name}`, shape: source.shape };
      this.initializers.push(externalTensor(stored.name, source, this.#folder));
      return source.dtype === 'F32' ? stored : this.node('Cast', [stored], stored.shape, { to: ELEMENT_TYPE.float32 });
    });
  }

  scalar(value: number): Value {
    return this.#constant(`scalar ${value}`, [], ELEMENT_TYPE.float32, new Uint8Array(Float32Array.of(value).buffer));
  }

  gather(table: Value, ids: Value): Value {
    return this.node('Gather', [table, ids], rules.gatherShape(table.shape, ids.shape), { axis: 0 });
  }

  take(x: Value, index: Value): Value {
    const shape = rules.takeShape(x.shape, index.shape);
    const column = this.node('Unsqueeze', [index, this.ints([1])], [...shape, 1]);
    const taken = this.node('GatherElements', [x, column], [...shape, 1], { axis: 1 });
    return this.node('Squeeze', [taken, this.ints([1])], shape);
  }

  matmul(a: Value, b: Value, options: MatmulOptions = {}): Value {
    const shape = rules.matmulShape(a.shape, b.shape, options);
    const { transposeA = false, transposeB = false } = options;
    const [transA, transB] = [Number(transposeA), Number(transposeB)];
    if (!transposeA && !transposeB) return this.node('MatMul', [a, b], shape);
    if (a.shape.length === 2 && b.shape.length === 2) return this.node('Gemm', [a, b], shape, { transA, transB });
    if (this.#isFused) return this.node('FusedMatMul', [a, b], shape, { transA, transB }, 'com.microsoft');
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

  add = (a: Value, b: Value): Value => this.#binary('Add', a, b);
  sub = (a: Value, b: Value): Value => this.#binary('Sub', a, b);
  mul = (a: Value, b: Value): Value => this.#binary('Mul', a, b);
  div = (a: Value, b: Value): Value => this.#binary('Div', a, b);
  exp = (x: Value): Value => this.node('Exp', [x], x.shape);
  log = (x: Value): Value => this.node('Log', [x], x.shape);
  tanh = (x: Value): Value => this.node('Tanh', [x], x.shape);
  sqrt = (x: Value): Value => this.node('Sqrt', [x], x.shape);
  sum = (x: Value): Value => this.node('ReduceSum', [x, this.ints([-1])], rules.reducedShape(x.shape), { keepdims: 1 });
  max = (x: Value): Value => this.node('ReduceMax', [x, this.ints([-1])], rules.reducedShape(x.shape), { keepdims: 1 });
  argmax = (x: Value): Value => this.node('ArgMax', [x], x.shape.slice(0, -1), { axis: -1, keepdims: 0 });

  slice(x: Value, start: number, end: number): Value {
    const inputs = [x, this.ints([start]), this.ints([end]), this.ints([-1])];
    return this.node('Slice', inputs, rules.sliceShape(x.shape, start, end));
  }

  concat(a: Value, b: Value): Value {
    return this.node('Concat', [a, b], rules.concatShape(a.shape, b.shape), { axis: -1 });
  }

  splitLast(x: Value, heads: number): Value {
    return this.#reshape(x, rules.splitLastShape(x.shape, heads), x.shape.length - 1);
  }

  mergeLast(x: Value): Value {
    return this.#reshape(x, rules.mergeLastShape(x.shape), x.shape.length - 2);
  }

  swapMiddle(x: Value): Value {
    return this.node('Transpose', [x], rules.swapMiddleShape(x.shape), { perm: [0, 2, 1, 3] });
  }

  flatten(x: Value): Value {
    const rest = x.shape.slice(2) as readonly number[];
    return this.node('Reshape', [x, this.ints([-1, ...rest])], rules.flattenShape(x.shape));
  }

  repeatHeads(x: Value, times: number): Value {
    const shape = rules.repeatHeadsShape(x.shape, times);
    const index = Array.from({ length: shape[1] as number }, (_, head) => Math.floor(head / times));
    return this.node('Gather', [x, this.ints(index)], shape, { axis: 1 });
  }

  #binary(type: string, a: Value, b: Value): Value {
    return this.node(type, [a, b], rules.broadcastShapes(a.shape, b.shape));
  }

  /** Reshape that copies the first `kept` sizes, so that one graph serves every batch and length. */
  #reshape(x: Value, shape: rules.Shape, kept: number): Value {
    const target = shape.map((dim, axis) => (axis < kept ? 0 : (dim as number)));
    return this.node('Reshape', [x, this.ints(target)], shape);
  }

  /** A constant vector of sizes or axes. */
  ints(values: readonly number[]): Value {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant(`ints ${values.join(',')}`, [values.length], ELEMENT_TYPE.int64, bytes);
  }

  #constant(key: string, dims: readonly number[], type: number, bytes: Uint8Array): Value {
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
