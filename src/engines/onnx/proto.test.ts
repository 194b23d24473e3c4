import protobuf from 'protobufjs';
import { expect, it } from 'vitest';
import { encodeModel, type GraphProto } from './proto.ts';

/** The fields that are written, of `onnx.proto3` as it is published. */
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message StringStringEntry { string key = 1; string value = 2; }
  message Tensor {
    repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9;
    repeated StringStringEntry external_data = 13; int32 data_location = 14;
  }
  message Attribute {
    string name = 1; float f = 2; int64 i = 3; bytes s = 4; Graph g = 6; repeated int64 ints = 8; int32 type = 20;
  }
  message Node {
    repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
    repeated Attribute attribute = 5; string domain = 7;
  }
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  message TensorShape { repeated Dimension dim = 1; }
  message TensorType { int32 elem_type = 1; TensorShape shape = 2; }
  message Type { TensorType tensor_type = 1; }
  message ValueInfo { string name = 1; Type type = 2; }
  message Graph {
    repeated Node node = 1; string name = 2; repeated Tensor initializer = 5;
    repeated ValueInfo input = 11; repeated ValueInfo output = 12; repeated ValueInfo value_info = 13;
  }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Model { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated OperatorSet opset_import = 8; }
`,
  { keepCase: true },
);

const value = (name: string, ...dim: readonly ({ dim_value: number } | { dim_param: string })[]) => ({
  name,
  type: { tensor_type: { elem_type: 1, shape: { dim } } },
});

const BRANCH: GraphProto = {
  name: 'a graph inside',
  node: [{ op_type: 'Identity', domain: '', input: ['g'], output: ['i'], attribute: [] }],
  initializer: [],
  input: [],
  output: [value('i', { dim_param: 'N' })],
};

const GRAPH: GraphProto = {
  name: 'a graph – of everything',
  node: [
    {
      op_type: 'Gemm',
      domain: '',
      input: ['x', '', 'w'],
      output: ['y', 'z'],
      attribute: [
        { name: 'epsilon', type: 1, f: 1e-5 },
        { name: 'axis', type: 2, i: -1 },
        { name: 'mode', type: 3, s: Uint8Array.of(0, 200, 7) },
        { name: 'perm', type: 7, ints: [0, -3, 300, 2 ** 40] },
      ],
    },
    {
      ...{ op_type: 'If', domain: '', input: ['y'], output: ['b'] },
      attribute: [{ name: 'then_branch', type: 5, g: BRANCH }],
    },
    { op_type: 'FastGelu', domain: 'com.microsoft', input: ['y'], output: ['g'], attribute: [] },
  ],
  initializer: [
    { name: 'c', dims: [], data_type: 1, raw_data: Uint8Array.of(1, 2, 3, 255) },
    {
      ...{ name: 'w', dims: [50_257, 768], data_type: 16, data_location: 1 },
      external_data: [
        { key: 'location', value: 'model.safetensors' },
        { key: 'offset', value: '6000000000' },
      ],
    },
  ],
  input: [value('x', { dim_param: 'N' }, { dim_value: 768 }), value('s')],
  output: [value('out.y', { dim_value: 0 })],
  value_info: [value('g', { dim_param: 'N' })],
};

it('writes what another writer of protocol buffers writes, as a reader sees it', () => {
  const Model = root.lookupType('Model');
  const theirs = Model.encode(
    Model.create({
      ...{ ir_version: 10, producer_name: 'bench', graph: GRAPH },
      opset_import: [
        { domain: '', version: 20 },
        { domain: 'com.microsoft', version: 1 },
      ],
    }),
  ).finish();
  const read = (bytes: Uint8Array) => Model.toObject(Model.decode(bytes), { longs: String, bytes: Array });
  const ours = read(encodeModel(GRAPH));
  expect(ours).toEqual(read(theirs));
  expect(ours.graph.node[0].attribute[3].ints).toEqual(['0', '-3', '300', '1099511627776']);
  expect(ours.graph.input[1].type.tensor_type.shape).toEqual({});
});
