/** The README.md of a converted model. */
export interface Conversion {
  /** The model that was converted, as it was typed. */
  readonly name: string;
  /** Names of its weight files. */
  readonly files: readonly string[];
  readonly dtype: string;
  readonly parameters: number;
  /** SHA-256 of the weights that were read; see `Checkpoint.digest`. */
  readonly origin: string;
  /** Of those that were written. */
  readonly digest: string;
}

export function conversionCard({ name, files, dtype, parameters, origin, digest }: Conversion): string {
  const isExact = origin === digest || dtype === 'float32';
  return [
    `# ${name} in ${dtype}`,
    `${parameters.toLocaleString('en')} parameters, converted by \`bench models convert\` to safetensors. ${
      isExact
        ? 'Every value is that of the origin.'
        : `Every value is that of the origin in ${dtype}, rounded where it has to be.`
    }`,
    `- origin: \`${name}\` (${files.join(', ')})`,
    `- weights of the origin, SHA-256: \`${origin}\``,
    `- these weights, SHA-256: \`${digest}\``,
    '`bench doctor` on this folder checks network, tokenizer and weights. `bench.json` says how the model answers.',
    '',
  ].join('\n\n');
}
