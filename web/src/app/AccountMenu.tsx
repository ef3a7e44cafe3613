/** Who is signed in, the theme, API tokens, signing out. */
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "react-aria-components";
import { signOut } from "@/api/session";
import { setPreferences, usePreferences } from "@/app/preferences";
import { useSession } from "@/app/session";
import { later } from "@/ui/later";
import { reportError } from "@/ui/reportError";
import { text } from "@/text";
import { ask } from "@/ui/dialogs";
import { Menu } from "@/ui/Menu";
import type { MenuGroup } from "@/ui/menu-items";

const TokensDialog = later(() => import("@/app/TokensDialog"));
const words = text.account;

const themes = [
  { id: "system", label: words.themeSystem, icon: "monitor" },
  { id: "light", label: words.themeLight, icon: "sun" },
  { id: "dark", label: words.themeDark, icon: "moon" },
] as const;

export function AccountMenu() {
  const client = useQueryClient();
  const { identity } = useSession();
  const { theme } = usePreferences();

  async function leave() {
    try {
      await signOut();
      client.clear();
      // A fresh page holds nothing of the one who left.
      location.assign("/");
    } catch (error) {
      reportError(error);
    }
  }

  const groups: MenuGroup[] = [
    {
      id: "theme",
      title: words.theme,
      items: themes.map((choice) => ({ ...choice, checked: theme === choice.id, onAction: () => setPreferences({ theme: choice.id }) })),
    },
    {
      id: "programs",
      items: [
        { id: "tokens", label: words.tokens, icon: "key", onAction: () => void ask<undefined>((done) => <TokensDialog onClose={() => done(undefined)} />) },
        { id: "docs", label: words.apiDocs, icon: "external", onAction: () => void window.open("/api/openapi.json", "_blank", "noopener") },
      ],
    },
    { id: "leave", title: identity.email ?? identity.name, items: [{ id: "out", label: words.signOut, icon: "signOut", onAction: () => void leave() }] },
  ];

  return (
    <Menu label={words.label(identity.name)} groups={groups}>
      <Button className="avatar" aria-label={words.label(identity.name)}>
        {initials(identity.name)}
      </Button>
    </Menu>
  );
}

function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  const letters = [parts[0], parts.length > 1 ? parts.at(-1) : undefined].map((part) => part?.match(/./u)?.[0]);
  return letters.join("").toLocaleUpperCase() || "?";
}
