/** A modal dialog: a title, a body, a row of buttons. Escape and the scrim close it. */
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { IconButton } from "@/ui/Button";
import { text } from "@/text";
import { visible } from "@/ui/visible";
import "@/ui/dialog.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** The buttons, the main one last. */
  actions?: ReactNode;
  size?: "small" | "medium" | "large";
  role?: "dialog" | "alertdialog";
}

/** Render it to open it, stop rendering it to close it. */
export function Dialog({ title, onClose, children, actions, size = "small", role = "dialog" }: DialogProps) {
  return (
    <ModalOverlay className="scrim" isOpen isDismissable={role === "dialog"} onOpenChange={(open) => !open && onClose()}>
      <Modal className={`modal ${size}`}>
        <AriaDialog className="dialog" role={role}>
          <header className="dialog-head">
            <Heading slot="title" className="truncate">
              {visible(title)}
            </Heading>
            <IconButton icon="close" label={text.close} className="small" onPress={onClose} />
          </header>
          <div className="dialog-body">{children}</div>
          {actions && <footer className="dialog-actions">{actions}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
