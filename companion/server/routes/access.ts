// Routes by which guests get tokens and lose them: pairing, sign-in, paired guests, one-time codes, sessions of pages.
import type { Door } from '../door.ts';
import type { Handlers } from '../mount.ts';

type Names =
  | ('pairStart' | 'pairFinish' | 'pairings' | 'pairConfirm' | 'signInStart' | 'signInFinish')
  | ('clients' | 'removeClient' | 'code' | 'session');

/** A page that was opened with a code of the user is the user. */
const sessionScope = 'admin';

export const accessRoutes = ({ pairing, signIn, tokens, codes }: Door): Handlers<Names> => ({
  pairStart: ({ body }) => pairing.start(body.name, body.scope),
  pairFinish: ({ body }) => pairing.finish(body.id),
  pairings: () => pairing.waiting(),
  pairConfirm({ body }) {
    pairing.confirm(body.digits);
    return {};
  },
  signInStart: ({ body }) => signIn.start(body.client, body.nonce),
  signInFinish: ({ body }) => signIn.finish(body.client, body.nonce, body.proof),
  clients: () => tokens.clients(),
  removeClient({ path }) {
    tokens.removeClient(path.id);
    return {};
  },
  code: () => codes.make(),
  session({ body }) {
    codes.take(body.code);
    return { token: tokens.openSession(sessionScope), scope: sessionScope };
  },
});
