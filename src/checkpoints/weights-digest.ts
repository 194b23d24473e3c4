/** One number for what a network computes: equal digests mean equal weights in an equal architecture. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Architecture } from '../architectures/architecture.ts';
import { weightsChanged } from '../core/errors.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import { digestOf } from '../core/text/digest.ts';
import { keptDigest } from '../files/kept.ts';
import { isDecoded } from '../tensor/ops.ts';
import type { StoredTensor } from './checkpoint.ts';
import { filesOf } from './formats/decode-tensor.ts';
import { tensorBytes } from './formats/tensor-values.ts';

const FORMAT = 'bench-weights/1';

/** Digests of this process, by what was read: a checkpoint opened twice is hashed once. */
const known = new Map<string, Promise<string>>();

/**
 * SHA-256 over a header (architecture; net name, dtype and shape of every tensor, by name) and the stored bytes in the
 * same order. Published names, file layout and buffers do not enter: the same weights in another layout are equal. Of decoded
 * tensors, the values enter that they decode to. What was computed of large files is kept (`files/kept.ts`).
 *
 * @returns 64 hexadecimal digits
 * @throws HarnessError 'bad-checkpoint' when a file cannot be read
 */
export async function weightsDigest(
  architecture: Architecture,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<string> {
  const sorted = [...tensors.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const key = digestOf({ architecture, sorted: sorted.map(identity), files: await fileStates(sorted) });
  const earlier = known.get(key);
  if (earlier !== undefined) return earlier;
  const of = { format: FORMAT, architecture, tensors: sorted.map(identity) };
  const computed = keptDigest(weightFiles(sorted), of, () => hash(architecture, sorted));
  known.set(key, computed);
  computed.catch(() => known.delete(key));
  return computed;
}

/** The digest of one checkpoint, as often as it is asked. */
export interface SteadyDigest {
  /** @throws HarnessError as `weightsDigest`; 'bad-checkpoint' where it is another than before */
  digest(): Promise<string>;
  /** @throws HarnessError likewise. Of a checkpoint whose digest nobody asked, nothing is read */
  requireUnchanged(): Promise<void>;
}

/** @param folder for messages */
export function steadyDigest(folder: string, read: () => Promise<string>): SteadyDigest {
  let first: string | null = null;
  const digest = async (): Promise<string> => {
    const found = await read();
    first ??= found;
    if (found !== first) throw weightsChanged(folder);
    return found;
  };
  return {
    digest,
    requireUnchanged: async () => {
      if (first !== null) await digest();
    },
  };
}

const identity = (tensor: StoredTensor): unknown =>
  isDecoded(tensor) ? { name: tensor.name, key: tensor.key } : tensor;

async function hash(architecture: Architecture, sorted: readonly StoredTensor[]): Promise<string> {
  const list = sorted.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
  const digest = createHash('sha256').update(canonicalJson({ format: FORMAT, architecture, tensors: list }));
  for (const tensor of sorted) for await (const bytes of tensorBytes(tensor)) digest.update(bytes);
  return digest.digest('hex');
}

/** What changes whenever a file is replaced or written to; a file that is gone is reported when it is read. */
async function fileStates(tensors: readonly StoredTensor[]): Promise<readonly string[]> {
  return Promise.all(
    weightFiles(tensors).map(async (file) => {
      const found = await stat(file, { bigint: true }).catch(() => null);
      return found === null ? `${file} absent` : `${file} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
    }),
  );
}

/** Every file that weights are read from. */
export function weightFiles(tensors: Iterable<StoredTensor>): readonly string[] {
  const files = [...tensors].flatMap((each) => (isDecoded(each) ? filesOf(each.published) : each.file));
  return [...new Set(files)];
}
