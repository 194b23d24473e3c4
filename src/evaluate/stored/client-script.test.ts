import { expect, it } from 'vitest';
import { joinModules } from './client-script.ts';

it('joins modules into one script that runs alone', () => {
  const modules = [
    'export const one = 1;\nexport {};\n//# sourceMappingURL=a.js.map\n',
    "import { one } from './a.js';\nimport {\n  two,\n} from '../b.js';\nexport function sum() {\n  return one + two;\n}\n",
  ];
  const script = joinModules(['export const two = 2;\n', ...modules], 'globalThis.joined = sum();');
  new Function(script)();
  expect((globalThis as { joined?: number }).joined).toBe(3);
  delete (globalThis as { joined?: number }).joined;
});

it.each([
  ["import { z } from 'zod';\n", 'cannot join "import'],
  ['export default 1;\n', 'cannot join "export default 1;'],
  ['function one() {}\n', 'two modules declare one'],
])('refuses what cannot be joined: %j', (module, message) => {
  expect(() => joinModules(['export const one = 1;\n', module], '')).toThrow(message);
});
