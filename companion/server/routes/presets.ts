// Routes of presets.
import type { Door } from '../door.ts';
import type { Handlers } from '../mount.ts';

export const presetRoutes = ({ presets }: Door): Handlers<'presets' | 'savePreset' | 'removePreset'> => ({
  presets: () => presets.list(),
  savePreset: ({ body }) => presets.save(body.verb, body.name, body.params),
  removePreset({ path }) {
    presets.remove(path.id);
    return {};
  },
});
