/** Menus: under a button, or at a point as a context menu. */
import { type ReactNode, Suspense, useMemo, useRef, useState } from "react";
import { ButtonContext, type ButtonProps } from "react-aria-components";
import { later } from "@/ui/later";
import type { MenuGroup } from "@/ui/menu-items";

type KeyboardEvent = Parameters<NonNullable<ButtonProps["onKeyDown"]>>[0];

const MenuPopover = later(() => import("@/ui/MenuPopover"));

/** `children` is the one button that opens the menu. */
export function Menu({ label, groups, children }: { label: string; groups: MenuGroup[]; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const trigger = useMemo(
    () => ({
      ref: anchor,
      "aria-haspopup": "menu" as const,
      "aria-expanded": isOpen,
      onPress: () => setOpen(true),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") setOpen(true);
        else event.continuePropagation();
      },
    }),
    [isOpen],
  );
  return (
    <>
      <ButtonContext value={trigger}>{children}</ButtonContext>
      {isOpen && (
        <Suspense fallback={null}>
          <MenuPopover label={label} groups={groups} anchor={anchor} placement="bottom end" offset={4} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

interface ContextMenuProps {
  label: string;
  at: { x: number; y: number };
  groups: MenuGroup[];
  onClose: () => void;
}

/** A menu at a point of the window. Render it to open it. */
export function ContextMenu({ label, at, groups, onClose }: ContextMenuProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    <>
      <span ref={anchor} className="menu-anchor" style={{ left: at.x, top: at.y }} />
      <Suspense fallback={null}>
        <MenuPopover label={label} groups={groups} anchor={anchor} placement="bottom start" offset={0} onClose={onClose} />
      </Suspense>
    </>
  );
}
