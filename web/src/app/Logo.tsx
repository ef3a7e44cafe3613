/** The mark: three things standing on a shelf. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--logo, #3457d5)" />
      <path d="M8 23.5h16" stroke="#fff" strokeWidth="2.5" strokeLinecap="round" />
      <rect x="9" y="9" width="4" height="12" rx="1" fill="#fff" />
      <rect x="14.5" y="7" width="4" height="14" rx="1" fill="#fff" opacity=".8" />
      <rect x="19.6" y="9.3" width="4" height="12" rx="1" fill="#fff" opacity=".6" transform="rotate(-14 21.6 15.3)" />
    </svg>
  );
}
