import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import { requireFresh } from "../../../../shared/lambda/guards/require-fresh.ts";
import { requireUser } from "../../../../shared/lambda/guards/require-user.ts";
import type { WithSession } from "../../../../shared/lambda/with-session.ts";
import type { Session } from "../../../../shared/session/session.ts";
import type { User } from "../../../../shared/session/user.ts";

// Nothing here runs. `npm run types` fails when a line compiles that should not, or the other way round.

interface Data {
  visits: number;
}

/** The type `true` if two types are identical, not only assignable. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue<_T extends true>(): void {}

export function aGuardedHandlerNeedsNoAnnotations(withSession: WithSession<Data>): void {
  withSession(
    requireUser((event, session, context) => {
      isTrue<Same<typeof event, APIGatewayProxyEventV2>>();
      isTrue<Same<typeof session.user, User>>();
      return `${context.awsRequestId} ${session.user.name}`;
    }),
  );
  withSession(requireUser(async (_event, session) => ({ visits: await session.increment("visits") })));
  withSession(requireUser((_event, { user }) => user.id, { signIn: "/login", form: "/settings" }));
}

export function aGuardedHandlerForPayload1NeedsNoAnnotations(withSession: WithSession<Data>): void {
  withSession<APIGatewayProxyEvent>(
    requireUser((event, session) => {
      isTrue<Same<typeof event, APIGatewayProxyEvent>>();
      return { statusCode: 200, body: session.user.name };
    }),
  );
}

export function aGuardedSessionKeepsItsData(withSession: WithSession<Data>): void {
  withSession(
    requireUser((_event, session) => {
      isTrue<Same<ReturnType<typeof session.get<"visits">>, number | undefined>>();
      // @ts-expect-error there is no such key
      session.set("visit", 1);
      // @ts-expect-error the user is changed with signIn
      session.user = { id: "1", name: "Ada" };
      session.signIn({ id: "2", name: "Bob" });
      return isSession(session);
    }),
  );
}

export function aHandlerThatNeedsAFreshAuthenticationNeedsNoAnnotations(
  withSession: WithSession<Data>,
): void {
  withSession(
    requireFresh(300, async (event, session) => {
      isTrue<Same<typeof event, APIGatewayProxyEventV2>>();
      isTrue<Same<typeof session.user, User>>();
      isTrue<Same<typeof session.authenticatedAt, Date | undefined>>();
      return { visits: await session.increment("visits") };
    }),
  );
  withSession<APIGatewayProxyEvent>(
    requireFresh(300, (event, { user }) => ({ statusCode: 200, body: event.httpMethod + user.id }), {
      acr: ["mfa"],
    }),
  );
}

export function guardsMayBeNested(withSession: WithSession<Data>): void {
  withSession(requireUser(requireFresh(300, (_event, session) => session.user.id)));
}

export function withoutAGuardThereMayBeNoUser(withSession: WithSession<Data>): void {
  // @ts-expect-error nobody may be signed in
  withSession((_event, session) => session.user.name);
}

export function optionsOfAGuardAreTyped(withSession: WithSession<Data>): void {
  // @ts-expect-error there is no such option
  withSession(requireUser(() => null, { login: "/login" }));
}

function isSession(session: Session<Data>): boolean {
  return session.isNew;
}
