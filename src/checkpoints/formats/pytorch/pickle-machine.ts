/** The stack, the memo and the bytes of a pickle that is being read. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Pickled[]
  | Map<Pickled, Pickled>
  | object;

/** A name that the pickle takes from a Python module. */
export class Global {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export interface PickleRules {
  /** @throws where the name must not be taken */
  global(name: string): Global;
  /** What a persistent id stands for. */
  persistent(id: Pickled): Pickled;
  /** The value of a call. */
  call(callee: Global, given: readonly Pickled[]): Pickled;
}

/** Why a pickle is not read; never for what a rule throws. */
export class PickleError extends Error {}

const MARK = Symbol('mark');
type Slot = Pickled | typeof MARK;

export class Machine {
  at: number;
  hasStopped = false;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #rules: PickleRules;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, Pickled>();

  constructor(bytes: Uint8Array, start: number, rules: PickleRules) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.#rules = rules;
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.byteLength - this.at) throw new PickleError('it ends inside a pickle');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  /** A little-endian number of 1, 2, 4 or 8 bytes without sign. */
  count(length: 1 | 2 | 4 | 8): number {
    const bytes = this.take(length);
    return [...bytes].reduceRight((total, byte) => total * 256 + byte, 0);
  }

  int32(): number {
    this.take(4);
    return this.#view.getInt32(this.at - 4, true);
  }

  /** Big-endian, as the only number in pickles that is. */
  float64(): number {
    this.take(8);
    return this.#view.getFloat64(this.at - 8, false);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new PickleError('it ends inside a pickle');
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }

  push(value: Pickled): void {
    this.#stack.push(value);
  }

  mark(): void {
    this.#stack.push(MARK);
  }

  pop(): Pickled {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw new PickleError('a value is missing');
    return value;
  }

  top(): Pickled {
    const value = this.pop();
    this.push(value);
    return value;
  }

  /** The values above the last mark, which is removed with them. */
  sinceMark(): Pickled[] {
    const from = this.#stack.lastIndexOf(MARK);
    if (from < 0) throw new PickleError('a mark is missing');
    return this.#stack.splice(from).slice(1) as Pickled[];
  }

  remember(key: number): void {
    this.#memo.set(key, this.top());
  }

  get remembered(): number {
    return this.#memo.size;
  }

  recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw new PickleError(`value ${key} was never kept`);
    this.push(value);
  }

  takeGlobal(module: string, name: string): void {
    this.push(this.#rules.global(`${module}.${name}`));
  }

  call(): void {
    const given = this.pop();
    const callee = this.pop();
    if (!(callee instanceof Global) || !Array.isArray(given)) throw new PickleError('a call is malformed');
    this.push(this.#rules.call(callee, given));
  }

  persistent(): void {
    this.push(this.#rules.persistent(this.pop()));
  }

  append(values: readonly Pickled[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw new PickleError('something is appended to what is no list');
    for (const value of values) list.push(value);
  }

  setItems(values: readonly Pickled[]): void {
    const map = this.top();
    if (!(map instanceof Map) || values.length % 2 !== 0)
      throw new PickleError('a key is set in what is no dictionary');
    for (let i = 0; i < values.length; i += 2) map.set(values[i] as Pickled, values[i + 1] as Pickled);
  }
}
