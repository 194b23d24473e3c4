/** Writes `pytorch_model.bin` as torch 1.6 and later does: a zip of a pickle and one member for each storage. */
import { crc32 } from 'node:zlib';

export interface NamedValues {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** @source torch/serialization.py `_save` (v2.4); pickle protocol 2 */
export function torchFile(tensors: readonly NamedValues[]): Buffer {
  const storages = tensors.map(({ values }, key) => {
    return { name: `archive/data/${key}`, content: Buffer.from(values.buffer, values.byteOffset, values.byteLength) };
  });
  return zip([
    { name: 'archive/data.pkl', content: pickled(tensors) },
    ...storages,
    { name: 'archive/version', content: Buffer.from('3\n') },
  ]);
}

/** Opcodes of the pickle machine, by their names there. */
const PROTO = Buffer.from([0x80, 2]);
const [MARK, TUPLE, EMPTY_TUPLE, REDUCE, SETITEMS, FALSE, PERSISTENT, STOP] = [
  '(',
  't',
  ')',
  'R',
  'u',
  '\x89',
  'Q',
  '.',
].map((opcode) => Buffer.from(opcode, 'latin1')) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];

const named = (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`);
const ORDERED = Buffer.concat([named('collections', 'OrderedDict'), EMPTY_TUPLE, REDUCE]);

function pickled(tensors: readonly NamedValues[]): Buffer {
  return Buffer.concat([
    PROTO,
    ORDERED,
    MARK,
    ...tensors.flatMap((tensor, key) => [text(tensor.name), rebuilt(tensor, key)]),
    SETITEMS,
    STOP,
  ]);
}

/** `torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())` */
function rebuilt({ shape, values }: NamedValues, key: number): Buffer {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  const storage = [
    MARK,
    text('storage'),
    named('torch', 'FloatStorage'),
    text(String(key)),
    text('cpu'),
    integer(values.length),
  ];
  const given = [...storage, TUPLE, PERSISTENT, integer(0), tuple(shape), tuple(strides), FALSE, ORDERED];
  return Buffer.concat([named('torch._utils', '_rebuild_tensor_v2'), MARK, ...given, TUPLE, REDUCE]);
}

const tuple = (numbers: readonly number[]): Buffer => Buffer.concat([MARK, ...numbers.map(integer), TUPLE]);

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from('X'), uint32(bytes.length), bytes]);
}

const integer = (value: number): Buffer => Buffer.concat([Buffer.from('J'), uint32(value)]);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

interface Member {
  readonly name: string;
  readonly content: Buffer;
}

/** Members stored as they are. @source APPNOTE.TXT 6.3.3, sections 4.3.7, 4.3.12, 4.3.16 */
function zip(members: readonly Member[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content } of members) {
    const [local, central] = [Buffer.alloc(30), Buffer.alloc(46)];
    local.write('PK\x03\x04', 'latin1');
    central.write('PK\x01\x02', 'latin1');
    for (const [header, from] of [
      [local, 14],
      [central, 16],
    ] as const) {
      header.writeUInt32LE(crc32(content), from);
      header.writeUInt32LE(content.length, from + 4);
      header.writeUInt32LE(content.length, from + 8);
      header.writeUInt16LE(name.length, from + 12);
    }
    central.writeUInt32LE(at, 42);
    parts.push(local, Buffer.from(name), content);
    directory.push(central, Buffer.from(name));
    at += local.length + name.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
