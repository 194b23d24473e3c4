/** The few fields of ONNX's protobuf that a small model needs; field numbers as in onnx.proto (IR version 8, opset 17). */
export const FLOAT = 1;
export const UINT8 = 2;

const join = (...parts) => Buffer.concat(parts);
const number = (field, n) => join(varint(field * 8), varint(n));
const bytes = (field, content) => join(varint(field * 8 + 2), varint(content.length), content);
const text = (field, string) => bytes(field, Buffer.from(string));

function varint(n) {
  const out = [];
  let rest = BigInt.asUintN(64, BigInt(n));
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) + 128);
  return Uint8Array.of(...out, Number(rest));
}

/** ValueInfoProto of an input, an output or a value on the way; sizes are numbers, or names of what is not known beforehand. */
export function value(name, dims, type = FLOAT) {
  const shape = dims.map((dim) => bytes(1, typeof dim === 'string' ? text(2, dim) : number(1, dim)));
  return join(text(1, name), bytes(2, bytes(1, join(number(1, type), bytes(2, join(...shape))))));
}

/** NodeProto with integers as attributes; `domain` of operators that are not ONNX's own. */
export const node = (op, inputs, output, attributes = [], domain = '') =>
  join(
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, op),
    ...attributes.map(attribute),
    text(7, domain),
  );

const attribute = ({ name, value: n }) => bytes(5, join(text(1, name), number(3, n), number(20, 2)));

const tensor = (name, dims, type = FLOAT) => join(...dims.map((dim) => number(1, dim)), number(2, type), text(8, name));

/** TensorProto of 32-bit floats, or of another type, with its values in the model. */
export const constant = (name, dims, values, type = FLOAT) =>
  join(tensor(name, dims, type), bytes(9, Buffer.from(values.buffer)));

/** TensorProto of 32-bit floats with its values in a file beside the model. */
export const inFile = (name, dims, file) =>
  join(tensor(name, dims), bytes(13, join(text(1, 'location'), text(2, file))), number(14, 1));

/** ModelProto of a node or a list of them; `domain` as of the node; `told` are values on the way whose shapes are said. */
export function model(nodes, inputs, output, constants = [], domain = '', told = []) {
  const parts = [...[nodes].flat().map((each) => bytes(1, each)), text(2, 'graph')];
  parts.push(...constants.map((each) => bytes(5, each)), ...told.map((each) => bytes(13, each)));
  const graph = join(...parts, ...inputs.map((each) => bytes(11, each)), bytes(12, output));
  const opset = (name, version) => bytes(8, join(text(1, name), number(2, version)));
  const own = domain === '' ? [] : [opset(domain, 1)];
  return join(number(1, 8), bytes(7, graph), opset('', 17), ...own);
}
