// The process a job runs in: the only place that loads the engine.
import { openEngine } from '@inbetween/native';
import { serve } from './serve.ts';

serve(openEngine);
