/** Who is signed in: asked once at the start, asked of the person where nobody is. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, Suspense, use, useEffect } from "react";
import { onSignedOut } from "@/api/client";
import { keys } from "@/api/keys";
import { hasCode, messageOf, Problem } from "@/api/problem";
import { getSession, signIn } from "@/api/session";
import type { Session } from "@/api/types";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { later } from "@/ui/later";
import { Message } from "@/ui/Message";

const SignIn = later(() => import("@/app/SignIn"));
const SessionContext = createContext<Session | null>(null);

/** The session; only below `SessionGate`, where there always is one. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("useSession is used outside of SessionGate");
  return session;
}

/** The token of a sign-in link, taken out of the address so that it is neither kept nor shared. */
function takeTokenFromAddress(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (location.pathname === "/sign-in") history.replaceState(null, "", "/");
  return token;
}

let linkToken: string | null = takeTokenFromAddress();
/** Whether the link that this page was opened by did not let anybody in: the question that follows says so. */
let wasLinkRefused = false;

async function openSession(): Promise<Session> {
  const token = linkToken;
  linkToken = null;
  if (!token) return getSession();
  try {
    return await signIn(token);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    wasLinkRefused = true;
    return getSession();
  }
}

export function SessionGate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const session = useQuery({
    queryKey: keys.session,
    queryFn: openSession,
    staleTime: 5 * 60_000,
    // The CSRF proof may be renewed; asking now and then keeps it good.
    refetchInterval: 30 * 60_000,
    retry: (count, error) => !hasCode(error, "unauthenticated") && count < 2,
  });
  const { refetch } = session;
  useEffect(() => onSignedOut(() => void refetch()), [refetch]);

  if (hasCode(session.error, "unauthenticated")) {
    const { login_url: loginUrl } = session.error.document;
    const notice = session.data !== undefined ? text.signIn.ended : wasLinkRefused ? text.signIn.linkRefused : null;
    return (
      <Suspense fallback={null}>
        <SignIn {...(loginUrl ? { loginUrl } : {})} notice={notice} onSignedIn={(opened) => client.setQueryData(keys.session, opened)} />
      </Suspense>
    );
  }
  // Where somebody is signed in, a service that is away for a moment does not end what they are doing.
  if (session.error && !session.data) {
    return (
      <Message icon="warning" title={text.signIn.unreachable} hint={messageOf(session.error)}>
        <Button variant="primary" onPress={() => void refetch()}>{text.retry}</Button>
      </Message>
    );
  }
  if (!session.data) return <div className="first-load" aria-label={text.loading} role="status" />;
  return <SessionContext value={session.data}>{children}</SessionContext>;
}
