import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig } from '../checkpoints/read-net.ts';
import { loadConfig } from '../commands/gate/load-config.ts';
import { readEnvironment } from '../store/environment-file.ts';

it.each([
  ['null', 'null'],
  ['[1]', 'a list'],
  ['3', 'a number'],
  ['"x"', 'a text'],
])('a file that holds %s in the place of an object is refused in our words', async (content, found) => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-json-'));
  const [config, environment] = [join(folder, 'config.json'), join(folder, 'environment.json')];
  for (const file of [config, environment]) await writeFile(file, content);
  const message = `${config}: expected a JSON object, found ${found}`;
  await expect(loadConfig(config)).rejects.toMatchObject({ message });
  expect(() => parseConfig(JSON.parse(content), config, [])).toThrow(message);
  const [told] = (await readEnvironment(folder)).warnings;
  expect(told?.message).toContain(`(expected a JSON object, found ${content === 'null' ? 'none' : found})`);
});
