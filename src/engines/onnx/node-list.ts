import { attributeProto, namesRead, renamed } from './graph-protos.ts';
import { type GraphProto, type NodeProto, type ValueInfoProto, valueInfo } from './proto.ts';
import type { Attributes, BranchValues, Value } from './value.ts';

/** A node before it is added: what it reads, and the shapes of what it makes. */
export interface NodeDraft {
  readonly type: string;
  readonly inputs: readonly Value[];
  readonly shapes: readonly Value['shape'][];
  readonly attributes?: Attributes;
  readonly domain?: string;
}

/** The nodes of a graph in the order in which they were added, those of its branches inside them. */
export class NodeList {
  readonly nodes: NodeProto[] = [];
  /** Stated shapes, by the names of values. */
  readonly valueInfo = new Map<string, ValueInfoProto>();
  /** New names of values that became outputs. */
  readonly #outputs = new Map<string, string>();
  /** Where nodes are added: here, or to a branch. */
  #into = this.nodes;
  #made = 0;

  add({ type, inputs, shapes, attributes = {}, domain = '' }: NodeDraft): readonly Value[] {
    const number = this.#made++;
    const outputs = shapes.map((shape, i) => ({ name: `v${number}.${i}`, shape }));
    this.#into.push({
      op_type: type,
      domain,
      input: inputs.map(({ name }) => name),
      output: outputs.map((output) => output.name),
      attribute: Object.entries(attributes).map(attributeProto),
    });
    return outputs;
  }

  /** A graph inside this one, whose values and constants it reads. */
  branch(name: string, build: () => BranchValues): { readonly graph: GraphProto } {
    const node: NodeProto[] = [];
    const values = this.#inside(node, build);
    const output = values.map(([{ name: each, shape }, type]) => valueInfo(each, type, shape));
    return { graph: { name, node, initializer: [], input: [], output } };
  }

  #inside(into: NodeProto[], build: () => BranchValues): BranchValues {
    const before = this.#into;
    this.#into = into;
    try {
      return build();
    } finally {
      this.#into = before;
    }
  }

  addValueInfo({ name, shape }: Value): void {
    this.valueInfo.set(name, valueInfo(name, 'float32', shape));
  }

  /** Makes a value an output. A node that made it writes it there itself. */
  output(value: Value, name: string): void {
    const isMade = this.nodes.some(({ output }) => output.includes(value.name));
    if (isMade && !this.#outputs.has(value.name)) this.#rename(value.name, name);
    else this.copy('Identity', value, name);
  }

  copy(type: string, { name: from }: Value, to: string, attributes: Attributes = {}): void {
    this.nodes.push({
      op_type: type,
      domain: '',
      input: [this.#outputs.get(from) ?? from],
      output: [to],
      attribute: Object.entries(attributes).map(attributeProto),
    });
  }

  #rename(from: string, to: string): void {
    this.nodes.forEach((node, i) => {
      if (namesRead(node).includes(from) || node.output.includes(from)) this.nodes[i] = renamed(node, from, to);
    });
    this.valueInfo.delete(from);
    this.#outputs.set(from, to);
  }
}
