import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { nearest } from '../../core/text/nearest.ts';
import { RUN_DEFAULTS } from '../../evaluate/options.ts';
import { listRuns } from '../../store/read-run.ts';

/** The folder of a run: as given, or below the folder where runs are kept. */
export async function locateRun(path: string): Promise<string> {
  const candidates = [path, join(RUN_DEFAULTS.out, path)];
  const folder = candidates.find((candidate) => existsSync(join(candidate, 'manifest.json')));
  if (folder !== undefined) return folder;
  const inside = existsSync(path) && statSync(path).isDirectory() ? await listRuns(path) : [];
  const known = (await listRuns(RUN_DEFAULTS.out)).map((listed) => basename(listed.folder));
  const near = inside[0]?.folder ?? nearest(basename(path), known);
  throw new HarnessError('unknown-name', `expected the folder of a run, found no manifest.json in ${path}`, {
    hint: near === null ? `runs are kept in ${RUN_DEFAULTS.out}, unless --out said otherwise` : `did you mean ${near}?`,
  });
}
