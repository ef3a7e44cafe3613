/** API tokens: the ones there are, making one, revoking one. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { messageOf } from "@/api/problem";
import { listTokens, revokeToken } from "@/api/session";
import type { ApiToken, NewApiToken } from "@/api/types";
import { NewTokenForm } from "@/app/NewTokenForm";
import { copyText } from "@/drive/actions/downloading";
import { reportError } from "@/ui/reportError";
import { text } from "@/text";
import { Button, IconButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { formatExactTime, formatWhen } from "@/ui/format";
import { showToast } from "@/ui/toasts";
import "@/app/tokens.css";

const words = text.tokens;

export default function TokensDialog({ onClose }: { onClose: () => void }) {
  const tokens = useQuery({ queryKey: keys.tokens, queryFn: listTokens });
  const [made, setMade] = useState<NewApiToken | null>(null);
  return (
    <Dialog title={words.title} size="medium" onClose={onClose}>
      <p className="muted">{words.hint}</p>
      {made === null ? (
        <NewTokenForm onCreated={setMade} />
      ) : (
        <div className="token-secret">
          <strong>{words.created}</strong>
          <code>{made.token}</code>
          <Button variant="primary" icon="copy" autoFocus onPress={() => void copyText(made.token, words.copied)}>{words.copy}</Button>
        </div>
      )}
      {tokens.error && <p className="field-error">{messageOf(tokens.error)}</p>}
      {tokens.data?.length === 0 && <p className="muted">{words.none}</p>}
      <ul className="tokens">
        {tokens.data?.map((token) => (
          <TokenRow key={token.id} token={token} onRevoked={() => setMade((now) => (now?.id === token.id ? null : now))} />
        ))}
      </ul>
    </Dialog>
  );
}

function TokenRow({ token, onRevoked }: { token: ApiToken; onRevoked: () => void }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeToken(token.id),
    onSuccess: () => {
      showToast(words.revoked(token.name));
      onRevoked();
    },
    onError: reportError,
    onSettled: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
  return (
    <li className="token">
      <div>
        <p className="truncate">{token.name}</p>
        <p className="muted token-facts">
          {token.scopes.map((scope) => words.scopeNames[scope]).join(", ")}
          {" · "}
          <span title={formatExactTime(token.expires_at)}>{words.expiresAt(formatWhen(token.expires_at))}</span>
          {" · "}
          {token.last_used_at ? words.lastUsed(formatWhen(token.last_used_at)) : words.neverUsed}
        </p>
      </div>
      <IconButton icon="trash" label={words.revoke(token.name)} isDisabled={revoke.isPending} onPress={() => revoke.mutate()} />
    </li>
  );
}
