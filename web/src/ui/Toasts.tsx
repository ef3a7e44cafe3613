/** The messages of `toasts.ts`, at the bottom, announced to screen readers. */
import { useSyncExternalStore } from "react";
import { Button } from "react-aria-components";
import { text } from "@/text";
import { IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { dismissToast, getToasts, pauseToasts, resumeToasts } from "@/ui/toasts";
import { subscribeToasts } from "@/ui/toasts";
import "@/ui/toasts.css";

const icons = { info: "info", success: "check", error: "warning" } as const;

export function Toasts() {
  const toasts = useSyncExternalStore(subscribeToasts, getToasts);
  return (
    <section
      className="toasts"
      aria-label={text.notifications}
      onPointerEnter={pauseToasts}
      onPointerLeave={resumeToasts}
      onFocus={pauseToasts}
      onBlur={resumeToasts}
    >
      <div aria-live="polite" aria-relevant="additions" className="toast-list">
        {toasts.map((toast) => (
          <div key={toast.id} className={`toast ${toast.tone}`} role={toast.tone === "error" ? "alert" : "status"}>
            <Icon name={icons[toast.tone]} size={18} />
            <p>{toast.message}</p>
            {toast.action && (
              <Button
                className="toast-action"
                onPress={() => {
                  toast.action?.run();
                  dismissToast(toast.id);
                }}
              >
                {toast.action.label}
              </Button>
            )}
            <IconButton icon="close" label={text.dismiss} size={16} className="small" onPress={() => dismissToast(toast.id)} />
          </div>
        ))}
      </div>
    </section>
  );
}
