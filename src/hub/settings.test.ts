import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseHubAddress } from './cache.ts';
import { hubSettings } from './settings.ts';

it('are those of the public hub where nothing is said', () => {
  const { endpoint, cache, offline } = hubSettings({});
  expect(endpoint).toBe('https://huggingface.co');
  expect(cache).toBe(join(homedir(), '.cache', 'huggingface', 'hub'));
  expect(offline).toBe(false);
});

it.each([
  [{ HF_HUB_CACHE: '/a', HF_HOME: '/b' }, '/a'],
  [{ HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '/b' }, '/old'],
  [{ HF_HOME: '/b', XDG_CACHE_HOME: '/c' }, '/b/hub'],
  [{ XDG_CACHE_HOME: '/c' }, '/c/huggingface/hub'],
])('take the cache from %j', (environment, cache) => {
  expect(hubSettings(environment).cache).toBe(cache);
});

it('take the token from HF_TOKEN, else from the file of HF_TOKEN_PATH, else from HF_HOME', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hub-settings-'));
  await writeFile(join(home, 'token'), 'hf_stored\n');
  await writeFile(join(home, 'other'), 'hf_other');
  const token = (environment: Record<string, string>) => hubSettings({ HF_HOME: home, ...environment }).token;
  expect(token({})).toBe('hf_stored');
  expect(token({ HF_TOKEN_PATH: join(home, 'other') })).toBe('hf_other');
  expect(token({ HF_TOKEN: 'hf_typed' })).toBe('hf_typed');
  expect(hubSettings({ HF_HOME: join(home, 'absent') }).token).toBeNull();
  await rm(home, { recursive: true });
});

it.each(['1', 'true', 'YES', 'on'])('are offline where HF_HUB_OFFLINE is %s', (value) => {
  expect(hubSettings({ HF_HUB_OFFLINE: value }).offline).toBe(true);
  expect(hubSettings({ HF_HUB_OFFLINE: '0' }).offline).toBe(false);
});

it('take another hub from HF_ENDPOINT, and refuse what is no address', () => {
  expect(hubSettings({ HF_ENDPOINT: 'http://mirror.example:8080/hf/' }).endpoint).toBe('http://mirror.example:8080/hf');
  expect(() => hubSettings({ HF_ENDPOINT: 'mirror' })).toThrow('HF_ENDPOINT: expected an address such as');
});

it.each([
  ['owner/name', { repository: 'owner/name', revision: 'main' }],
  ['owner/name@v1.0', { repository: 'owner/name', revision: 'v1.0' }],
  ['owner/name@refs/pr/3', { repository: 'owner/name', revision: 'refs/pr/3' }],
  ['./owner/name', null],
  ['../name', null],
  ['owner/..', null],
  ['/owner/name', null],
  ['owner', null],
  ['a/b/c', null],
])('address %s is %j', (text, expected) => {
  expect(parseHubAddress(text)).toEqual(expected);
});
