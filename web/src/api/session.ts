/** The calls about who is signed in, and about API tokens. */
import { request, setCsrfToken } from "@/api/client";
import type { ApiToken, NewApiToken, Page, Scope, Session } from "@/api/types";

export async function getSession(): Promise<Session> {
  const session = await request<Session>("GET", "/session");
  setCsrfToken(session.csrf_token);
  return session;
}

export async function signIn(token: string): Promise<Session> {
  const session = await request<Session>("POST", "/session", { body: { token } });
  setCsrfToken(session.csrf_token);
  return session;
}

export async function signOut(): Promise<void> {
  await request("DELETE", "/session");
  setCsrfToken(null);
}

export async function listTokens(): Promise<ApiToken[]> {
  return (await request<Page<ApiToken>>("GET", "/tokens")).items;
}

export function createToken(name: string, scopes: Scope[], expiresInDays: number): Promise<NewApiToken> {
  return request("POST", "/tokens", { body: { name, scopes, expires_in_days: expiresInDays } });
}

export function revokeToken(id: string): Promise<void> {
  return request("DELETE", `/tokens/${id}`);
}
