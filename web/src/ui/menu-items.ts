/** What menus are made of. */
import type { IconName } from "@/ui/Icon";

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
  /** Whether several of its items can be ticked at once; the menu then stays open. */
  isMultiple?: boolean;
  items: MenuItem[];
}
