import { basename, join } from 'node:path';
import { HarnessError, notSupported, type Refuse } from '../core/errors.ts';
import { MANIFEST_FORMAT, manifestSchema, type RunManifest, underTodaysNames } from '../core/manifest.ts';
import { sha256 } from '../core/text/digest.ts';
import { parseBySchema, parseJson } from '../files/json-file.ts';
import { readIfThere } from '../files/read-line.ts';
import { digestInName, RUN_FILES } from './run-folder.ts';

/** As `readStoredManifest`, the manifest alone. */
export async function readManifest(folder: string): Promise<RunManifest> {
  return (await readStoredManifest(folder)).manifest;
}

/**
 * The manifest of a stored run and the run's identity, the digest of the manifest as it lies on disk. It is checked against the digest in the folder's name, under today's names.
 *
 * @throws HarnessError 'not-supported' on another format;
 *   'store-corrupt' where the manifest is missing, damaged or not that of the folder
 */
export async function readStoredManifest(folder: string) {
  const path = join(folder, RUN_FILES.manifest);
  const bytes = await readIfThere(path);
  if (bytes === null) {
    throw new HarnessError('store-corrupt', `expected a run's manifest at ${path}, found none that can be read`, {
      hint: 'name a folder that holds manifest.json; `bench list` shows the stored runs',
    });
  }
  const value = parseJson(bytes, path, 'it', damaged);
  checkFormat(value, path);
  const expected = digestInName(basename(folder));
  const found = sha256(bytes);
  if (expected !== null && !found.startsWith(expected)) {
    throw damaged(path, `its SHA-256 starts with ${found.slice(0, 12)} but the folder's name says ${expected}`);
  }
  return { manifest: underTodaysNames(parseBySchema(manifestSchema, value, path, damaged)), runId: found };
}

function checkFormat(value: unknown, path: string): void {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (format === MANIFEST_FORMAT) return;
  if (typeof format !== 'string') throw damaged(path, `it names no format; expected "${MANIFEST_FORMAT}"`);
  throw notSupported(
    `${path} has format "${format}", expected "${MANIFEST_FORMAT}"`,
    'read it with the version of bench that wrote it, or run the evaluation again',
  );
}

const damaged: Refuse = (path, problem, options) =>
  new HarnessError('store-corrupt', `${path} is damaged: ${problem}`, {
    hint: 'restore the file, or move the folder away and run again; its records cannot be trusted without it',
    ...options,
  });
