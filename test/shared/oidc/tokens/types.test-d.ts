import { requireUser } from "../../../../shared/lambda/guards/require-user.ts";
import type { WithSession } from "../../../../shared/lambda/with-session.ts";
import type { WithProviderTokens } from "../../../../shared/oidc/tokens/with-provider-tokens.ts";

// Nothing here runs. `npm run types` fails when a line compiles that should not, or the other way round.

interface Data {
  note: string;
}

export function theInnermostWrapperKeepsTheTypesOfTheOthers(
  withSession: WithSession<Data>,
  withProviderTokens: WithProviderTokens,
): void {
  withSession(
    requireUser(
      withProviderTokens(async (event, session) => {
        const token: string = await session.accessToken();
        const user: string = session.user.id;
        session.set("note", token + user);
        // @ts-expect-error there is no such key
        session.set("nite", "");
        return event.rawPath;
      }),
    ),
  );
  withSession(
    withProviderTokens((_event, session) => {
      // @ts-expect-error without requireUser, there may be no user
      session.user.id;
      return session.accessToken();
    }),
  );
  withSession((_event, session) => {
    // @ts-expect-error only withProviderTokens adds the method
    session.accessToken();
    return null;
  });
}
