/// How the times of a column are written.
///
/// Inside there is one scale: nanoseconds since 1970-01-01T00:00:00Z, from 1677 to 2262; times outside
/// of it count as its ends. Dates without an offset are in UTC, and a date alone is its midnight.
public enum TimeUnit: String, Sendable, Hashable, CaseIterable, Codable {
  /// Dates, with a time or without: 2022-05-04, 2022/5/4 13:05, 20220504, 2022-05-04T13:05:00.5+02:00.
  case date
  /// Numbers that count anything, such as days since the first; compared as they are.
  case number
  /// Unix seconds.
  case seconds
  /// Unix milliseconds.
  case milliseconds
  /// Unix microseconds.
  case microseconds
  /// Unix nanoseconds.
  case nanoseconds

  /// The unit that a number is in by its size: a number below 10⁸ is no time since 1970 that a log
  /// would have, and each unit from seconds on covers 1973 to 5138.
  init(sizeOf time: Int64) {
    self =
      switch time.magnitude {
      case ..<100_000_000: .number
      case ..<100_000_000_000: .seconds
      case ..<100_000_000_000_000: .milliseconds
      case ..<100_000_000_000_000_000: .microseconds
      default: .nanoseconds
      }
  }

  /// Nanoseconds in one; a plain number counts like a second.
  var nanoseconds: Int64 {
    switch self {
    case .date, .number, .seconds: 1_000_000_000
    case .milliseconds: 1_000_000
    case .microseconds: 1000
    case .nanoseconds: 1
    }
  }

  /// What it is called in messages.
  var name: String {
    switch self {
    case .date: "a date"
    case .number: "a number below 100,000,000"
    case .seconds: "Unix seconds"
    case .milliseconds: "Unix milliseconds"
    case .microseconds: "Unix microseconds"
    case .nanoseconds: "Unix nanoseconds"
    }
  }
}

/// A time that a split begins at: a date, whatever the column's unit, or a number in that unit.
public struct TimeBound: Sendable, Hashable, Codable {
  /// As the schema writes it.
  public let text: String
  /// The time.
  let reading: TimeReading

  /// Reads a time; nil for what is none.
  ///
  /// A number is in the unit, or in the one that its size tells.
  public init?(_ text: String, unit: TimeUnit? = nil) {
    var bytes = text
    let parse = { (unit: TimeUnit?) in bytes.withUTF8 { TimeText.parse($0, as: unit) } }
    var reading = parse(nil)
    // 20220504 is a date, unless numbers count anything.
    if let unit, unit == .number || reading?.unit != .date { reading = parse(unit) ?? reading }
    guard let reading else { return nil }
    self.text = text
    self.reading = reading
  }
}

extension TimeBound {
  /// The same time, however it is written.
  public static func == (left: Self, right: Self) -> Bool { left.reading == right.reading }

  /// Hashes the time.
  public func hash(into hasher: inout Hasher) { hasher.combine(reading) }
}

extension TimeBound: ExpressibleByIntegerLiteral {
  /// A number in the column's unit, or a date as in 20220504.
  public init(integerLiteral time: Int) {
    let unit = TimeUnit(sizeOf: Int64(time))
    self =
      TimeBound("\(time)")
      ?? TimeBound(text: "\(time)", reading: TimeReading(Int64(time), unit))
  }

  private init(text: String, reading: TimeReading) {
    self.text = text
    self.reading = reading
  }
}
