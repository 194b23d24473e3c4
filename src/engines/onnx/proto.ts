/**
 * The part of the ONNX file format that the graph builder writes. Field numbers are those of the published `onnx.proto3` (IR version
 * 10); a field is a number, a kind and a value, as protocol buffers have them.
 */

/** Element types of ONNX tensors. */
export const ELEMENT_TYPE = {
  float32: 1,
  int32: 6,
  int64: 7,
  F32: 1,
  F16: 10,
  BF16: 16,
  I8: 3,
  U8: 2,
} as const;

export interface AttributeProto {
  readonly name: string;
  readonly type: 1 | 2 | 3 | 5 | 7;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly g?: GraphProto;
  readonly ints?: readonly number[];
}

export interface NodeProto {
  readonly op_type: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeProto[];
}

export interface TensorProto {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data_type: number;
  readonly raw_data?: Uint8Array;
  readonly external_data?: readonly { readonly key: string; readonly value: string }[];
  readonly data_location?: 1;
}

export interface ValueInfoProto {
  readonly name: string;
  readonly type: {
    readonly tensor_type: {
      readonly elem_type: number;
      readonly shape: { readonly dim: readonly ({ dim_value: number } | { dim_param: string })[] };
    };
  };
}

/** How a graph declares an input or output. */
export function valueInfo(
  name: string,
  type: keyof typeof ELEMENT_TYPE,
  dims: readonly (number | string)[],
): ValueInfoProto {
  const dim = dims.map((size) => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }));
  return { name, type: { tensor_type: { elem_type: ELEMENT_TYPE[type], shape: { dim } } } };
}

export interface GraphProto {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
  /** Of values on the way, where their shapes do not follow from their nodes. */
  readonly value_info?: readonly ValueInfoProto[];
}

/** The bytes of a model file. Opset 20 of `ai.onnx`, 1 of `com.microsoft` (onnxruntime's fused kernels). */
export function encodeModel(graph: GraphProto): Uint8Array {
  return message(
    whole(1, 10), // ir_version
    text(2, 'bench'), // producer_name
    bytes(7, graphBytes(graph)),
    bytes(8, message(text(1, ''), whole(2, 20))), // opset_import
    bytes(8, message(text(1, 'com.microsoft'), whole(2, 1))),
  );
}

const graphBytes = ({ node, name, initializer, input, output, value_info = [] }: GraphProto): Uint8Array =>
  message(
    ...node.map((each) => bytes(1, nodeBytes(each))),
    text(2, name),
    ...initializer.map((each) => bytes(5, tensorBytes(each))),
    ...input.map((each) => bytes(11, valueInfoBytes(each))),
    ...output.map((each) => bytes(12, valueInfoBytes(each))),
    ...value_info.map((each) => bytes(13, valueInfoBytes(each))),
  );

const nodeBytes = ({ input, output, op_type, attribute, domain }: NodeProto): Uint8Array =>
  message(
    ...input.map((each) => text(1, each)),
    ...output.map((each) => text(2, each)),
    text(4, op_type),
    ...attribute.map((each) => bytes(5, attributeBytes(each))),
    text(7, domain),
  );

const attributeBytes = ({ name, type, f, i, s, g, ints = [] }: AttributeProto): Uint8Array =>
  message(
    text(1, name),
    ...(f === undefined ? [] : [float(2, f)]),
    ...(i === undefined ? [] : [whole(3, i)]),
    ...(s === undefined ? [] : [bytes(4, s)]),
    ...(g === undefined ? [] : [bytes(6, graphBytes(g))]),
    ...ints.map((each) => whole(8, each)),
    whole(20, type),
  );

const tensorBytes = ({ dims, data_type, name, raw_data, external_data = [], data_location }: TensorProto): Uint8Array =>
  message(
    ...dims.map((each) => whole(1, each)),
    whole(2, data_type),
    text(8, name),
    ...(raw_data === undefined ? [] : [bytes(9, raw_data)]),
    ...external_data.map(({ key, value }) => bytes(13, message(text(1, key), text(2, value)))),
    ...(data_location === undefined ? [] : [whole(14, data_location)]),
  );

function valueInfoBytes({ name, type: { tensor_type: type } }: ValueInfoProto): Uint8Array {
  const dims = type.shape.dim.map((dim) =>
    bytes(1, message('dim_value' in dim ? whole(1, dim.dim_value) : text(2, dim.dim_param))),
  );
  return message(
    text(1, name),
    bytes(2, message(bytes(1, message(whole(1, type.elem_type), bytes(2, message(...dims)))))),
  );
}

const message = (...fields: readonly Uint8Array[]): Uint8Array => Buffer.concat(fields);

/** How a field's value is laid out. */
const [VARINT, DELIMITED, FOUR_BYTES] = [0, 2, 5];
const head = (field: number, layout: number): Uint8Array => varint(8 * field + layout);

const whole = (field: number, value: number): Uint8Array => Buffer.concat([head(field, VARINT), varint(value)]);
const bytes = (field: number, value: Uint8Array): Uint8Array =>
  Buffer.concat([head(field, DELIMITED), varint(value.byteLength), value]);
const text = (field: number, value: string): Uint8Array => bytes(field, Buffer.from(value));
const float = (field: number, value: number): Uint8Array =>
  Buffer.concat([head(field, FOUR_BYTES), new Uint8Array(Float32Array.of(value).buffer)]);

/** Seven bits a byte, the lowest first; a negative number as 64 bits. */
function varint(value: number): Uint8Array {
  if (value >= 0 && value < 0x80) return Uint8Array.of(value);
  const groups: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    groups.push(Number(rest & 0x7fn) + (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(groups);
}
