/** Making an API token. */
import { useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { keys } from "@/api/keys";
import { messageOf } from "@/api/problem";
import { createToken } from "@/api/session";
import type { NewApiToken, Scope } from "@/api/types";
import { useSession } from "@/app/session";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/TextField";

const words = text.tokens;
const EVERYBODYS: readonly Scope[] = ["drive:read", "drive:write", "repository:read", "repository:write"];
const LIFETIMES = [7, 30, 90, 365] as const;

export function NewTokenForm({ onCreated }: { onCreated: (made: NewApiToken) => void }) {
  const client = useQueryClient();
  const { is_admin: isAdmin } = useSession();
  const [name, setName] = useState("");
  const [days, setDays] = useState(90);
  const [scopes, setScopes] = useState<readonly Scope[]>(["drive:read"]);
  const [error, setError] = useState<string | null>(null);
  const offered: readonly Scope[] = isAdmin ? [...EVERYBODYS, "admin"] : EVERYBODYS;

  async function submit(event: SyntheticEvent) {
    event.preventDefault();
    try {
      const made = await createToken(name.trim(), [...scopes], days);
      await client.invalidateQueries({ queryKey: keys.tokens });
      onCreated(made);
    } catch (failure) {
      setError(messageOf(failure));
    }
  }

  function flip(scope: Scope, on: boolean) {
    setScopes(offered.filter((other) => (other === scope ? on : scopes.includes(other))));
  }

  return (
    <form className="new-token" onSubmit={submit}>
      <TextField label={words.name} value={name} onChange={setName} placeholder={words.namePlaceholder} error={error} autoFocus />
      <fieldset className="token-scopes">
        <legend className="field-label">{words.scopes}</legend>
        {offered.map((scope) => (
          <label key={scope} className="checkbox">
            <input type="checkbox" checked={scopes.includes(scope)} onChange={(event) => flip(scope, event.target.checked)} />
            {words.scopeNames[scope]}
          </label>
        ))}
      </fieldset>
      <label className="field">
        <span className="field-label">{words.expires}</span>
        <select className="select" value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {LIFETIMES.map((choice) => (
            <option key={choice} value={choice}>{words.days(choice)}</option>
          ))}
        </select>
      </label>
      <Button variant="primary" type="submit" isDisabled={name.trim() === "" || scopes.length === 0}>{words.create}</Button>
    </form>
  );
}
