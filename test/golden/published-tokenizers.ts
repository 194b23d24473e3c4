/** The published tokenizers that golden and property tests read, from the folder `../shared` where it is there. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import type { Tokenizer } from '../../src/tokenizers/tokenizer.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const shared = path.join(root, '../shared');
export const vocabularies = path.join(shared, 'data/tokenizers');
export const lambada = path.join(shared, 'data/lambada/lambada_test_plain_text.txt');
export const present = existsSync(vocabularies) && existsSync(lambada);
/** For test titles: why they are skipped. */
export const skipped = present ? '' : ' (skipped: the folder ../shared with published vocabularies is not here)';
/** Names of the tokenizers whose decoding gives the text back. */
export const FAITHFUL = ['tiny', 'tiny-diffusion', ...(present ? ['gpt2', 'gpt2-json', 'llama', 'stories'] : [])];

/** Loading all of them takes three seconds alone and several times that on a busy machine. */
export const LOADING_MS = 120_000;

const OLMO = 'gpt-neox-olmo/allenai_gpt-neox-olmo-dolma-v1_5.json.gz';

/** Loads every tokenizer that is there; the function that comes back throws for a name that is not. */
export async function loadPublished(): Promise<(name: string) => Tokenizer> {
  const loaded = new Map<string, Tokenizer>();
  const add = async (name: string, folder: string) => {
    const tokenizer = await loadTokenizer(folder);
    if (tokenizer !== null) loaded.set(name, tokenizer);
  };
  const addZipped = async (name: string, file: string) => {
    const content = gunzipSync(await readFile(path.join(vocabularies, file)));
    await inFolderWith({ 'tokenizer.json': content }, (folder) => add(name, folder));
  };
  await add('tiny', path.join(root, 'models/random-gpt2'));
  await add('tiny-diffusion', path.join(root, 'models/random-diffugpt'));
  if (present) {
    await add('gpt2', path.join(vocabularies, 'gpt2'));
    await addZipped('gpt2-json', 'gpt2/tokenizer.json.gz');
    await addZipped('nfc', OLMO);
    await add('llama', path.join(vocabularies, 'llama'));
    await add('stories', path.join(shared, 'models/stories260K-hf'));
  }
  return (name) => {
    const tokenizer = loaded.get(name);
    if (tokenizer === undefined) throw new RangeError(`no tokenizer ${name}`);
    return tokenizer;
  };
}

/** Runs with a temporary folder that holds these files, and removes it. */
export async function inFolderWith<Out>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (folder: string) => Promise<Out>,
): Promise<Out> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tokenizer-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
