#!/usr/bin/env node
// Starts the compiled command line. Sources are under src/, compiled by `npm ci` and `npm run build`.
import { existsSync } from 'node:fs';

const cli = new URL('../dist/bundle/cli.js', import.meta.url);
if (existsSync(cli)) {
  const main = await import(cli.href).then(
    (module) => module.main,
    (error) => {
      // Node opens the files of a program together, before the program can say anything.
      if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
      process.stderr.write(
        'bench: the system refused: too many files are open: the limit of this process is reached\n',
      );
      process.stderr.write('hint: allow more with `ulimit -n 1024` and repeat the command\n');
      process.exitCode = 1;
      return null;
    },
  );
  await main?.(process.argv.slice(2));
} else {
  process.stderr.write('bench: not built yet; run npm ci (or npm run build) in the project folder first\n');
  process.exitCode = 1;
}
