/** The program that `bench worker` starts beside itself, with the plugins of the project. */
import { serve } from '../../queue/worker/serve.ts';
import { usePlugins } from '../shell/use-plugins.ts';

await usePlugins(undefined, undefined);
serve();
