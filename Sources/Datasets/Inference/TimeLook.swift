/// How a column's values are times.
enum TimeLook: Sendable, Hashable {
  /// 2022-05-04, with a time of day or without.
  case date
  /// 20220504.
  case dayNumber
  /// Seconds, milliseconds or microseconds since 1970.
  case unix(String)

  /// Looks at some different texts; nil if they are no times.
  init?(_ texts: [String], isWhole: Bool) {
    guard texts.count > 1 else { return nil }
    if isWhole {
      let numbers = texts.compactMap { Int64($0) }
      guard numbers.count == texts.count, let least = numbers.min(), let most = numbers.max()
      else { return nil }
      if least > 19_000_101, most < 20_991_231, numbers.allSatisfy(Self.isDay) {
        self = .dayNumber
        return
      }
      // From 1990 to 2100, which no count is by chance.
      let units: [(String, Int64)] = [
        ("seconds", 1), ("milliseconds", 1000), ("microseconds", 1_000_000),
      ]
      let (first, last): (Int64, Int64) = (631_152_000, 4_102_444_800)
      guard let unit = units.first(where: { least >= first * $0.1 && most < last * $0.1 })
      else { return nil }
      self = .unix(unit.0)
    } else {
      guard texts.allSatisfy(Self.isDate) else { return nil }
      self = .date
    }
  }

  private static func isDay(_ digits: Int64) -> Bool {
    (1...12).contains(digits / 100 % 100) && (1...31).contains(digits % 100)
  }

  /// Whether a text begins as 2022-05-04 or 2022/05/04 does, and only a time of day follows.
  private static func isDate(_ text: String) -> Bool {
    let zone = ["UTC", "GMT"].first(where: text.hasSuffix)
    let bytes = Array(text.utf8.dropLast(zone?.utf8.count ?? 0))
    guard bytes.count >= 10, bytes.count <= 35 else { return false }
    let dash = bytes[4]
    guard dash == UInt8(ascii: "-") || dash == UInt8(ascii: "/"), bytes[7] == dash else {
      return false
    }
    let digits = [0, 1, 2, 3, 5, 6, 8, 9]
    guard digits.allSatisfy({ bytes[$0] &- 0x30 < 10 }) else { return false }
    let rest = bytes.dropFirst(10)
    let clock = Array(" T0123456789:.,+-Z".utf8)
    return rest.isEmpty || (clock.prefix(2).contains(rest[10]) && rest.allSatisfy(clock.contains))
  }
}
