/** Writes small SentencePiece models: the protocol buffer, and character maps as double arrays. */

type Field = readonly [number, string | number | boolean | Uint8Array | { readonly float: number }];

/** A protocol buffer message; numbers are varints, `float` is 32 bit. */
function message(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(([number, value]) => field(number, value)));
}

function field(number: number, value: Field[1]): Buffer {
  if (typeof value === 'number' || typeof value === 'boolean')
    return Buffer.concat([varint(number << 3), varint(Number(value))]);
  if (typeof value === 'object' && 'float' in value) {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value.float);
    return Buffer.concat([varint((number << 3) | 5), bytes]);
  }
  const bytes = Buffer.from(value as Uint8Array);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

export interface Piece {
  readonly text: string;
  readonly score: number;
  /** 1 normal, 2 unknown, 3 control, 4 user-defined, 6 byte. */
  readonly type: number;
}

/** A unigram model. */
export function unigramFile(pieces: readonly Piece[], characterMap: Uint8Array): Buffer {
  const own = pieces.map(
    ({ text, score, type }): Field => [
      1,
      message([
        [1, Buffer.from(text)],
        [2, { float: score }],
        [3, type],
      ]),
    ],
  );
  const trainer = message([
    [3, 1],
    [40, pieces.findIndex(({ type }) => type === 2)],
  ]);
  return message([
    ...own,
    [2, trainer],
    [
      3,
      message([
        [2, characterMap],
        [3, true],
        [4, true],
      ]),
    ],
  ]);
}

interface TrieNode {
  readonly children: Map<number, TrieNode>;
  value: number | null;
}

/** What each key becomes, as `precompiled_charsmap` holds it. */
export function characterMap(replacements: Readonly<Record<string, string>>): Uint8Array {
  const root: TrieNode = { children: new Map(), value: null };
  const texts: Buffer[] = [];
  let length = 0;
  for (const [key, text] of Object.entries(replacements)) {
    let node = root;
    for (const byte of Buffer.from(key)) {
      const next: TrieNode = node.children.get(byte) ?? { children: new Map(), value: null };
      node.children.set(byte, next);
      node = next;
    }
    node.value = length;
    texts.push(Buffer.from(`${text}\0`));
    length += Buffer.byteLength(text) + 1;
  }
  const units = doubleArray(root);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(units.length * 4);
  return Buffer.concat([size, Buffer.from(units.buffer), ...texts]);
}

/** Each node has a base; its child by `byte` stands at base ^ byte, its value at base. */
function doubleArray(root: TrieNode): Uint32Array {
  const units = new Uint32Array(1 << 14);
  const used = new Set([0]);
  let base = 256;
  const place = (node: TrieNode, at: number, label: number) => {
    const places = [...node.children.keys(), 0];
    while (places.some((byte) => used.has(base ^ byte))) base++;
    const own = base;
    for (const byte of places) used.add(own ^ byte);
    units[at] = ((at ^ own) << 10) | (node.value === null ? 0 : 1 << 8) | label;
    if (node.value !== null) units[own] = (node.value | 0x80000000) >>> 0;
    for (const [byte, child] of node.children) place(child, own ^ byte, byte);
  };
  place(root, 0, 0);
  return units;
}
