/** Which files of a repository an evaluation needs: what is said about the model, its tokenizer, and its weights in one form. */
import { HarnessError } from '../core/errors.ts';
import type { HubFile } from './listing.ts';

/** Beside weights, all that is read. */
const DESCRIPTIONS =
  /^((config|generation_config|adapter_config|bench|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab)\.json|(merges|vocab)\.txt|[\w.-]+\.model)$/;

/** Forms of weights; the first one that is there is taken. */
const WEIGHTS: readonly RegExp[] = [
  /^model\.safetensors$/,
  /^model(-\d+-of-\d+\.safetensors|\.safetensors\.index\.json)$/,
  /^adapter_model\.safetensors$/,
  /^pytorch_model\.bin$/,
  /^pytorch_model(-\d+-of-\d+\.bin|\.bin\.index\.json)$/,
  /^adapter_model\.bin$/,
  /^[^/]+\.safetensors$/,
];
const GGUF = /^[^/]+\.gguf$/;

/**
 * @param patterns  names of weights that are wanted, `*` for any characters; none = the first form that is there
 * @param what      the repository, for messages
 * @throws HarnessError 'missing-checkpoint' where the repository holds no such weights, or several to choose from
 */
export function chooseFiles(files: readonly HubFile[], patterns: readonly string[], what: string): readonly HubFile[] {
  const descriptions = files.filter(({ path }) => DESCRIPTIONS.test(path));
  const weights = patterns.length > 0 ? named(files, patterns, what) : firstForm(files, what);
  return [...descriptions, ...weights.filter((file) => !descriptions.includes(file))];
}

function named(files: readonly HubFile[], patterns: readonly string[], what: string): readonly HubFile[] {
  return patterns.flatMap((pattern) => {
    const found = files.filter(({ path }) => globOf(pattern).test(path));
    if (found.length === 0) throw nothing(`${what} holds no file ${pattern}`, files);
    return found;
  });
}

const globOf = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

function firstForm(files: readonly HubFile[], what: string): readonly HubFile[] {
  for (const form of WEIGHTS) {
    const found = files.filter(({ path }) => form.test(path));
    if (found.length > 0) return found;
  }
  const ggufs = files.filter(({ path }) => GGUF.test(path));
  if (ggufs.length === 1) return ggufs;
  if (ggufs.length > 1) {
    const sizes = ggufs.map(({ path, size }) => `${path} (${sizeText(size)})`).join(', ');
    throw new HarnessError('missing-checkpoint', `${what} holds ${ggufs.length} GGUF files: ${sizes}`, {
      hint: `choose one: --file ${ggufs[0]?.path}`,
    });
  }
  throw nothing(`${what} holds no weights that are known (safetensors, .bin, .gguf)`, files);
}

function nothing(message: string, files: readonly HubFile[]): HarnessError {
  const shown = files.slice(0, 12).map(({ path }) => path);
  const rest = files.length > shown.length ? `, and ${files.length - shown.length} more` : '';
  return new HarnessError('missing-checkpoint', message, { hint: `it holds ${shown.join(', ') || 'nothing'}${rest}` });
}

/** `1.52 GB`, `37 MB`, `4 kB`. */
export function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toPrecision(3)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toPrecision(3)} MB` : `${Math.ceil(bytes / 1000)} kB`;
}
