/** Memory for the attention biases of batches, used again: they are by far the largest of what a network is fed. */
export class BiasMemory {
  readonly #spare: Float32Array[] = [];

  /** As many zeros, in memory that nobody else has until it is given back. */
  readonly zeros = (values: number): Float32Array => {
    const spare = this.#spare.pop();
    const roomy = spare !== undefined && spare.length >= values ? spare : new Float32Array(values);
    return roomy === spare ? new Float32Array(roomy.buffer, 0, values).fill(0) : roomy;
  };

  giveBack({ buffer }: Float32Array): void {
    this.#spare.push(new Float32Array(buffer as ArrayBuffer));
  }
}
