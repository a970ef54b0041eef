internal import CCurses

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Takes over the person's locale and says whether it can write more than ASCII.
///
/// Where no locale is set at all, or one with UTF-8 that is not installed, as in most containers,
/// UTF-8 is used without a language. Who asks for `C`, `POSIX` or an older encoding gets ASCII.
func localeAllowsUnicode() -> Bool {
  let isInstalled = cc_take_locale()
  if isInstalled && cc_locale_is_utf8() { return true }
  let wanted = localeName
  let wantsUnicode = wanted.isEmpty || (!isInstalled && namesUTF8(wanted))
  return wantsUnicode && cc_take_utf8_locale() && cc_locale_is_utf8()
}

/// The locale of characters as the environment names it; empty if it does not.
private var localeName: String {
  for variable in ["LC_ALL", "LC_CTYPE", "LANG"] {
    if let value = getenv(variable), value.pointee != 0 { return String(cString: value) }
  }
  return ""
}

/// Whether a locale's name ends in UTF-8, however it is spelt.
func namesUTF8(_ name: String) -> Bool {
  let encoding = name.split(separator: ".", maxSplits: 1).dropFirst().first ?? ""
  let letters = encoding.lowercased().filter { $0.isLetter || $0.isNumber }
  return letters.hasPrefix("utf8")
}
