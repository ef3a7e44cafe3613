/** A place with nothing to show: what that means, and the next step. */
import type { ReactNode } from "react";
import { Icon, type IconName } from "@/ui/Icon";
import { visible } from "@/ui/visible";
import "@/ui/message.css";

interface MessageProps {
  icon: IconName;
  title: string;
  hint: string;
  children?: ReactNode;
}

export function Message({ icon, title, hint, children }: MessageProps) {
  return (
    <div className="message">
      <span className={`message-icon ${icon === "warning" ? "warning" : ""}`}>
        <Icon name={icon} size={32} />
      </span>
      <h2>{visible(title)}</h2>
      <p className="muted">{visible(hint)}</p>
      {children && <div className="message-actions">{children}</div>}
    </div>
  );
}
