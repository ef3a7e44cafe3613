/** The bar at the top: the mark, the search, work in progress, the account. */
import { Link } from "@tanstack/react-router";
import { AccountMenu } from "@/app/AccountMenu";
import { Logo } from "@/app/Logo";
import { SearchField } from "@/app/SearchField";
import { JobsIndicator } from "@/jobs/JobsIndicator";
import { text } from "@/text";
import { IconButton } from "@/ui/Button";

export function Header({ onMenu, isMenuOpen }: { onMenu: () => void; isMenuOpen: boolean }) {
  return (
    <header className="header">
      <IconButton
        icon="menu"
        className="header-menu"
        label={isMenuOpen ? text.navigation.close : text.navigation.open}
        aria-expanded={isMenuOpen}
        aria-controls="navigation"
        onPress={onMenu}
      />
      <Link to="/" className="brand" aria-label={text.product} draggable={false}>
        <Logo />
        <span className="brand-name">{text.product}</span>
      </Link>
      <SearchField />
      <div className="header-end">
        <JobsIndicator />
        <AccountMenu />
      </div>
    </header>
  );
}
