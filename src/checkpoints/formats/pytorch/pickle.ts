/**
 * Reads a pickle without running anything: a stack machine over the opcodes that data need. Globals are names; what is
 * called or built with them is for the caller to understand, or to refuse.
 *
 * @source CPython, Lib/pickletools.py (opcodes of protocols 0 to 4)
 */
import { Machine, type Pickled, PickleError, type PickleRules } from './pickle-machine.ts';

export interface Unpickled {
  readonly value: Pickled;
  /** First byte behind the pickle. */
  readonly end: number;
}

/** @throws PickleError on damage and on opcodes that no data need; what a rule throws */
export function unpickle(bytes: Uint8Array, start: number, rules: PickleRules): Unpickled {
  const machine = new Machine(bytes, start, rules);
  while (!machine.hasStopped) {
    const opcode = machine.count(1);
    const operation = OPERATIONS.get(opcode);
    if (operation === undefined) throw new PickleError(`opcode 0x${opcode.toString(16)} is none of data`);
    operation(machine);
  }
  return { value: machine.pop(), end: machine.at };
}

/** Bytes of the longest number that anything in a file of tensors needs, many times over. */
const LONGEST_INTEGER = 255;

/** A whole number, little-endian with sign; a number where it is a safe one. */
function integer(machine: Machine, length: number): number | bigint {
  if (length > LONGEST_INTEGER) throw new PickleError(`a number of ${length} bytes`);
  const bytes = machine.take(length);
  const hex = [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex.join('') || '0'}`));
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const ignored = (length: number) => (machine: Machine) => void machine.take(length);

const OPERATIONS: ReadonlyMap<number, (machine: Machine) => void> = new Map<number, (machine: Machine) => void>([
  [0x80, ignored(1)], // PROTO
  [0x95, ignored(8)], // FRAME
  [
    code('.'),
    (m) => {
      m.hasStopped = true;
    },
  ],
  [code('('), (m) => m.mark()],
  [code('0'), (m) => void m.pop()],
  [code('1'), (m) => void m.sinceMark()],
  [code('2'), (m) => m.push(m.top())],
  [code('N'), (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [code('J'), (m) => m.push(m.int32())],
  [code('K'), (m) => m.push(m.count(1))],
  [code('M'), (m) => m.push(m.count(2))],
  [0x8a, (m) => m.push(integer(m, m.count(1)))],
  [0x8b, (m) => m.push(integer(m, m.count(4)))],
  [code('G'), (m) => m.push(m.float64())],
  [code('X'), (m) => m.push(m.text(m.count(4)))],
  [0x8c, (m) => m.push(m.text(m.count(1)))],
  [0x8d, (m) => m.push(m.text(m.count(8)))],
  [code('T'), (m) => m.push(m.text(m.count(4)))],
  [code('U'), (m) => m.push(m.text(m.count(1)))],
  [code('B'), (m) => m.push(m.take(m.count(4)))],
  [code('C'), (m) => m.push(m.take(m.count(1)))],
  [code(')'), (m) => m.push([])],
  [code('t'), (m) => m.push(m.sinceMark())],
  [0x85, (m) => m.push([m.pop()])],
  [0x86, (m) => m.push([m.pop(), m.pop()].reverse())],
  [0x87, (m) => m.push([m.pop(), m.pop(), m.pop()].reverse())],
  [code(']'), (m) => m.push([])],
  [
    code('a'),
    (m) => {
      const value = m.pop();
      m.append([value]);
    },
  ],
  [code('e'), (m) => m.append(m.sinceMark())],
  [code('}'), (m) => m.push(new Map())],
  [code('s'), (m) => m.setItems([m.pop(), m.pop()].reverse())],
  [code('u'), (m) => m.setItems(m.sinceMark())],
  [code('c'), (m) => m.takeGlobal(m.line(), m.line())],
  [
    0x93,
    (m) => {
      const [name, module] = [m.pop(), m.pop()];
      m.takeGlobal(String(module), String(name));
    },
  ],
  [code('q'), (m) => m.remember(m.count(1))],
  [code('r'), (m) => m.remember(m.count(4))],
  [0x94, (m) => m.remember(m.remembered)],
  [code('h'), (m) => m.recall(m.count(1))],
  [code('j'), (m) => m.recall(m.count(4))],
  [code('R'), (m) => m.call()],
  // What a BUILD gives a dictionary besides its keys (`_metadata`) are no tensors.
  [code('b'), (m) => void m.pop()],
  [code('Q'), (m) => m.persistent()],
]);

function code(letter: string): number {
  return letter.charCodeAt(0);
}
