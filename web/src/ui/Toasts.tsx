/** The messages of `toasts.ts`, at the bottom, announced to screen readers. */
import { type FocusEvent, useRef, useSyncExternalStore } from "react";
import { Button } from "react-aria-components";
import { text } from "@/text";
import { IconButton } from "@/ui/Button";
import { focusFiles } from "@/ui/focusFiles";
import { Icon } from "@/ui/Icon";
import { dismissToast, getToasts, pauseToasts, resumeToasts, subscribeToasts } from "@/ui/toasts";
import { visible } from "@/ui/visible";
import "@/ui/toasts.css";

const icons = { info: "info", success: "check", error: "warning" } as const;

export function Toasts() {
  const toasts = useSyncExternalStore(subscribeToasts, getToasts);
  const section = useRef<HTMLElement>(null);
  /** Where the keyboard was before it came here. */
  const home = useRef<HTMLElement | null>(null);

  function onFocus({ relatedTarget }: FocusEvent) {
    pauseToasts();
    if (relatedTarget instanceof HTMLElement && !section.current?.contains(relatedTarget)) home.current = relatedTarget;
  }

  /** The button that was pressed goes with its message, and the keyboard goes back. */
  function dismiss(id: number) {
    if (section.current?.contains(document.activeElement)) {
      if (home.current?.isConnected) home.current.focus({ preventScroll: true });
      else focusFiles();
    }
    dismissToast(id);
  }

  return (
    <section
      ref={section}
      className="toasts"
      aria-label={text.notifications}
      // What a dialog makes inert around itself, these are not.
      data-react-aria-top-layer
      onPointerEnter={pauseToasts}
      onPointerLeave={resumeToasts}
      onFocus={onFocus}
      onBlur={resumeToasts}
    >
      <div aria-live="polite" aria-relevant="additions" className="toast-list">
        {toasts.map((toast) => (
          <div key={toast.id} className={`toast ${toast.tone}`} role={toast.tone === "error" ? "alert" : "status"}>
            <Icon name={icons[toast.tone]} size={18} />
            <p>{visible(toast.message)}</p>
            {toast.action && (
              <Button
                className="toast-action"
                onPress={() => {
                  toast.action?.run();
                  dismiss(toast.id);
                }}
              >
                {toast.action.label}
              </Button>
            )}
            <IconButton icon="close" label={text.dismiss} size={16} className="small" onPress={() => dismiss(toast.id)} />
          </div>
        ))}
      </div>
    </section>
  );
}
