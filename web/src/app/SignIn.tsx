/** The page for those who are not signed in. */
import { type SyntheticEvent, useState } from "react";
import { messageOf } from "@/api/problem";
import { signIn } from "@/api/session";
import type { Session } from "@/api/types";
import { Logo } from "@/app/Logo";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/TextField";
import "@/app/sign-in.css";

interface Props {
  /** Where the identity provider signs people in; without one a token is asked for. */
  loginUrl?: string;
  /** Why the question is asked now: the session ended, the link was refused. */
  notice: string | null;
  onSignedIn: (session: Session) => void;
}

const words = text.signIn;

export default function SignIn({ loginUrl, notice, onSignedIn }: Props) {
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Logo size={44} />
        <div className="sign-in-words">
          <h1>{words.title}</h1>
          {notice !== null && <p role="status">{notice}</p>}
          <p className="muted">{loginUrl ? words.accountHint : words.hint}</p>
        </div>
        {loginUrl ? (
          <Button variant="primary" onPress={() => location.assign(withReturn(loginUrl))}>{words.withAccount}</Button>
        ) : (
          <TokenForm onSignedIn={onSignedIn} />
        )}
      </div>
      <p className="muted">{text.tagline}</p>
    </main>
  );
}

/** Kratos comes back to `return_to` after signing in. */
function withReturn(loginUrl: string): string {
  const url = new URL(loginUrl, location.href);
  if (!url.searchParams.has("return_to")) url.searchParams.set("return_to", location.href);
  return url.href;
}

function TokenForm({ onSignedIn }: Pick<Props, "onSignedIn">) {
  const [token, setToken] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: SyntheticEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      onSignedIn(await signIn(token.trim()));
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  }

  return (
    <form className="sign-in-form" onSubmit={submit}>
      <TextField
        label={words.token}
        type="password"
        autoComplete="current-password"
        value={token}
        onChange={(value) => {
          setToken(value);
          setError(null);
        }}
        error={error}
        autoFocus
      />
      <Button variant="primary" type="submit" isDisabled={busy || token.trim() === ""}>{busy ? words.working : words.submit}</Button>
    </form>
  );
}
