/** Loads the plugins that the command line and the configuration of the working directory name. */
import { existsSync } from 'node:fs';
import { badArguments } from '../../core/errors.ts';
import { readConfig } from './config-file.ts';

/**
 * @param typed  after `--plugin`: one or several, each with commas
 * @param config the file that a verb's `--config` names, whose `plugins` count too; undefined where there is none
 * @throws HarnessError 'bad-arguments' in one sentence
 */
export async function usePlugins(typed: unknown, config: unknown): Promise<void> {
  const named = [...(await ofProject()), ...(await ofConfig(config)), ...namesIn(typed, '--plugin')];
  if (named.length > 0) await (await import('../../plugins.ts')).loadPlugins([...new Set(named)]);
}

async function ofProject(): Promise<readonly string[]> {
  if (!['bench.config.ts', 'bench.config.json'].some((file) => existsSync(file))) return [];
  return (await (await import('../gate/load-config.ts')).loadConfig(null)).plugins ?? [];
}

async function ofConfig(config: unknown): Promise<readonly string[]> {
  if (typeof config !== 'string' || !config.endsWith('.json')) return [];
  const { plugins } = await readConfig(config).catch(() => ({ plugins: undefined })); // the verb says what is wrong with it
  return namesIn(plugins, `"plugins" in ${config}`);
}

function namesIn(given: unknown, where: string): readonly string[] {
  if (given === undefined) return [];
  const names = (Array.isArray(given) ? given : [given]).flatMap((each) => String(each).split(','));
  if (names.every((name) => name.trim() !== '')) return names;
  throw badArguments(`${where}: expected files or packages, found an empty name`);
}
