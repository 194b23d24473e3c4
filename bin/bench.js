#!/usr/bin/env node
// Starts the compiled command line. Sources are under src/, compiled by `npm ci` and `npm run build`.
import { existsSync } from 'node:fs';

const cli = new URL('../dist/bundle/cli.js', import.meta.url);
if (existsSync(cli)) {
  const { main } = await import(cli.href);
  await main(process.argv.slice(2));
} else {
  process.stderr.write('bench: not built yet; run npm ci (or npm run build) in the project folder first\n');
  process.exitCode = 1;
}
