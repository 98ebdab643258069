// A worker with the fake engine that knows the scripted verb alone.
import { serve } from '../../companion/jobs/serve.ts';
import { openFakeEngine } from './fake-engine.ts';
import { scripted } from './scripted.ts';

serve(() => openFakeEngine(), [scripted]);
