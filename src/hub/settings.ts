/**
 * How Hugging Face's hub is reached from this machine, as its own tools are told.
 *
 * @source huggingface/huggingface_hub v1.0, docs/source/en/package_reference/environment_variables.md
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { badArguments } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface HubSettings {
  /** Without a slash at the end. */
  readonly endpoint: string;
  /** null where the user has none: public repositories need none. */
  readonly token: string | null;
  /** Folder with one folder a repository, shared with the Python library. */
  readonly cache: string;
  /** Whether the network may not be used. */
  readonly offline: boolean;
}

/**
 * HF_ENDPOINT, HF_TOKEN (else the file of HF_TOKEN_PATH, else `token` in HF_HOME), HF_HUB_CACHE (else `hub` in HF_HOME) and
 * HF_HUB_OFFLINE; HF_HOME is `huggingface` in XDG_CACHE_HOME or ~/.cache.
 *
 * @throws HarnessError 'bad-arguments' where HF_ENDPOINT is no address
 */
export function hubSettings(environment: Environment): HubSettings {
  const home = environment.HF_HOME || join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
  return {
    endpoint: endpoint(environment.HF_ENDPOINT || 'https://huggingface.co'),
    token: environment.HF_TOKEN || storedToken(environment.HF_TOKEN_PATH || join(home, 'token')),
    cache: environment.HF_HUB_CACHE || environment.HUGGINGFACE_HUB_CACHE || join(home, 'hub'),
    offline: /^(1|true|yes|on)$/i.test(environment.HF_HUB_OFFLINE ?? ''),
  };
}

function endpoint(typed: string): string {
  const url = URL.canParse(typed) ? new URL(typed) : null;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw badArguments(`HF_ENDPOINT: expected an address such as https://huggingface.co, found ${typed}`);
  }
  return typed.replace(/\/+$/, '');
}

function storedToken(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch {
    return null;
  }
}
