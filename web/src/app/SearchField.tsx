/** The search in the header: `/` or Ctrl+K leads to it, typing searches. */
import { useNavigate, useRouter, useRouterState } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { text } from "@/text";
import { IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { focusFiles } from "@/ui/focusFiles";

const PAUSE_MS = 200;
const words = text.drive.search;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog]") !== null;
}

export function SearchField() {
  const navigate = useNavigate();
  const router = useRouter();
  const location = useRouterState({ select: (state) => state.location });
  const onSearchPage = location.pathname === "/search";
  const asked = onSearchPage ? ((location.search as { q?: string }).q ?? "") : ""; // parsed by the route
  const [value, setValue] = useState(asked);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // The address leads, except while the person is typing ahead of it.
  const [seen, setSeen] = useState(asked);
  if (seen !== asked) {
    setSeen(asked);
    if (document.activeElement?.id !== "search") setValue(asked);
  }

  useEffect(() => {
    function onKey(event: globalThis.KeyboardEvent) {
      const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
      const ctrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (!slash && !ctrlK) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  function search(q: string): void {
    clearTimeout(timer.current);
    void navigate({ to: "/search", search: (old) => ({ ...(onSearchPage ? old : {}), q: q || undefined }), replace: onSearchPage });
  }

  function change(next: string): void {
    setValue(next);
    clearTimeout(timer.current);
    if (next !== "" || onSearchPage) timer.current = setTimeout(() => search(next), PAUSE_MS);
  }

  function leave(): void {
    clearTimeout(timer.current);
    setValue("");
    if (onSearchPage) router.history.back();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter") {
      search(value);
      focusFiles();
    }
    if (event.key === "ArrowDown") {
      event.preventDefault();
      focusFiles();
    }
    if (event.key === "Escape") {
      leave();
      input.current?.blur();
    }
  }

  return (
    <div className="search" role="search">
      <Icon name="search" size={18} />
      <input
        ref={input}
        id="search"
        type="search"
        aria-label={words.label}
        placeholder={words.placeholder}
        autoComplete="off"
        spellCheck="false"
        value={value}
        onChange={(event) => change(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {value ? <IconButton icon="close" size={16} label={words.clear} className="small" onPress={leave} /> : <kbd aria-hidden="true">/</kbd>}
    </div>
  );
}
