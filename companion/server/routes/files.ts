// Routes of roots, of what lies in them, and of pictures of it.
import type { Door } from '../door.ts';
import type { Handlers } from '../mount.ts';

export const fileRoutes = ({
  roots,
  media,
}: Door): Handlers<'roots' | 'addRoot' | 'removeRoot' | 'files' | 'media'> => ({
  roots: () => roots.list(),
  addRoot: ({ body }) => roots.add(body.name, body.path, body.write),
  removeRoot({ path }) {
    roots.remove(path.id);
    return {};
  },
  files: ({ path, query }) => roots.files(path.id, query.path),
  media: ({ body, holder }) => media.address(body, holder),
});
