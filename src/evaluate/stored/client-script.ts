/** The script of the report's sample browser: the compiled modules of `src/report/client` and what they import, joined into one classic script. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { packageRoot } from '../../files/package-root.ts';

/** In the order in which they need each other; `main` last. */
const MODULES = [
  'items/sample-data',
  'items/decode-chunk',
  'items/filter-items',
  'client/dom',
  'client/chunk-store',
  'client/search-text',
  'items/score-rows',
  'client/score-table',
  'client/item-list',
  'items/trace-frames',
  'client/trace-player',
  'client/trace-view',
  'client/item-detail',
  'client/main',
];

/** @throws HarnessError 'not-supported' when the program was not built */
export async function clientScript(): Promise<string> {
  const texts = await Promise.all(MODULES.map(readModule));
  return joinModules(texts, 'openBrowser();');
}

/**
 * Modules that import nothing but each other as one function: their names are shared, so they must differ.
 *
 * @param modules compiled, each after those that it imports
 * @throws TypeError on an import or export that is left, or on a name that two modules declare
 */
export function joinModules(modules: readonly string[], last: string): string {
  const bare = modules.map((text) =>
    text
      .replaceAll(/^import [^;]*? from '\.[^']*';\n/gm, '')
      .replaceAll(/^export (?=(async |function|const|class|let))/gm, '')
      .replaceAll(/^export \{\};?\n/gm, '')
      .replaceAll(/^\/\/# sourceMappingURL=.*\n?/gm, ''),
  );
  const left = bare.flatMap((text) => /^(import|export)\b.*/m.exec(text)?.[0] ?? []);
  if (left.length > 0) throw new TypeError(`joinModules: cannot join "${left[0]}"`);
  const names = bare.flatMap((text) =>
    [...text.matchAll(/^(?:async )?(?:function|const|let|class) (\w+)/gm)].map(([, name = '']) => name),
  );
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new TypeError(`joinModules: two modules declare ${twice}`);
  return `(() => {\n'use strict';\n${bare.join('')}${last}\n})();\n`;
}

async function readModule(name: string): Promise<string> {
  const path = join(packageRoot(), 'dist/src/report', `${name}.js`);
  return readFile(path, 'utf8').catch((cause: unknown) => {
    const message = `expected the report's compiled script ${name}.js, found none`;
    const hint = 'npm run build compiles it; --format md, csv or json does without';
    throw new HarnessError('not-supported', message, { hint, cause });
  });
}
