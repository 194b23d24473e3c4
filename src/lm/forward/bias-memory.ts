/** Memory for the attention biases of batches, used again: they are by far the largest of what a network is fed. */
export class BiasMemory {
  readonly #spare: Float32Array[] = [];

  /** As many zeros, in memory that nobody else has until it is given back. */
  readonly zeros = (values: number): Float32Array => {
    const spare = this.#spare.pop();
    if (spare === undefined || spare.length < values) return new Float32Array(values);
    return spare.subarray(0, values).fill(0);
  };

  giveBack({ buffer }: Float32Array): void {
    this.#spare.push(new Float32Array(buffer as ArrayBuffer));
  }
}
