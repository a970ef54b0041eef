/// How many colours to use.
public enum ColorMode: String, Sendable, CaseIterable {
  /// What the terminal has; none if `NO_COLOR` is set.
  case auto
  /// 256 colours.
  case c256 = "256"
  /// 16 colours.
  case c16 = "16"
  /// None: attributes alone.
  case mono
}
