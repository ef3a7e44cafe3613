/** Menus: under a button, or at a point as a context menu. */
import { type ReactNode, useMemo, useRef } from "react";
import {
  Header, Menu as AriaMenu, MenuItem as AriaMenuItem, MenuSection, MenuTrigger, Popover, type Selection, Separator,
} from "react-aria-components";
import { Icon, type IconName } from "@/ui/Icon";
import "@/ui/menu.css";

export interface MenuItem {
  id: string;
  label: string;
  icon?: IconName;
  shortcut?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Shows a tick; undefined means the item is not a choice. */
  checked?: boolean;
  onAction: () => void;
}

export interface MenuGroup {
  id: string;
  title?: string;
  items: MenuItem[];
}

function Items({ groups, onClose, label }: { groups: MenuGroup[]; onClose?: () => void; label: string }) {
  const shown = groups.filter((group) => group.items.length > 0);
  const disabled = useMemo(() => groups.flatMap((g) => g.items.filter((i) => i.disabled).map((i) => i.id)), [groups]);
  return (
    <AriaMenu className="menu" aria-label={label} disabledKeys={disabled} {...(onClose ? { onClose } : {})} autoFocus="first">
      {shown.map((group, index) => (
        <Section key={group.id} group={group} first={index === 0} />
      ))}
    </AriaMenu>
  );
}

function Section({ group, first }: { group: MenuGroup; first: boolean }) {
  const choices = group.items.some((item) => item.checked !== undefined);
  const selected: Selection = new Set(group.items.filter((item) => item.checked).map((item) => item.id));
  return (
    <>
      {!first && <Separator className="menu-line" />}
      <MenuSection
        aria-label={group.title ?? group.items[0]?.label ?? group.id}
        {...(choices ? { selectionMode: "multiple" as const, selectedKeys: selected } : {})}
      >
        {group.title && <Header className="menu-title">{group.title}</Header>}
        {group.items.map((item) => (
          <AriaMenuItem
            key={item.id}
            id={item.id}
            textValue={item.label}
            className={`menu-item ${item.danger ? "danger" : ""}`}
            onAction={item.onAction}
          >
            {item.icon ? <Icon name={item.icon} size={18} /> : <span className="menu-tick">{item.checked && <Icon name="check" size={16} />}</span>}
            <span className="truncate">{item.label}</span>
            {item.icon && item.checked && <Icon name="check" size={16} className="menu-end" />}
            {item.shortcut && <kbd>{item.shortcut}</kbd>}
          </AriaMenuItem>
        ))}
      </MenuSection>
    </>
  );
}

/** `children` is the one button that opens the menu. */
export function Menu({ label, groups, children }: { label: string; groups: MenuGroup[]; children: ReactNode }) {
  return (
    <MenuTrigger>
      {children}
      <Popover className="popover" placement="bottom end" offset={4}>
        <Items groups={groups} label={label} />
      </Popover>
    </MenuTrigger>
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
      <Popover className="popover" triggerRef={anchor} isOpen onOpenChange={(open) => !open && onClose()} placement="bottom start" offset={0}>
        <Items groups={groups} label={label} onClose={onClose} />
      </Popover>
    </>
  );
}
