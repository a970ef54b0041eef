/// Times from text.
enum TimeText {
  /// A date, with a time or without, or a number; nil for anything else.
  ///
  /// A number counts units; without one its size tells, unless it reads as a date: eight digits that
  /// begin a year from 1900 to 2099 (so a month 13 is refused), and fourteen with the time of day.
  static func parse(_ text: UnsafeBufferPointer<UInt8>, as unit: TimeUnit? = nil) -> TimeReading? {
    guard let number = DecimalText(text) else {
      return unit == nil || unit == .date ? DateText.parse(text) : nil
    }
    guard let unit else {
      if number.isPlain, let digits = DateText.digits(text) { return digits.reading }
      return number.reading(in: TimeUnit(sizeOf: number.whole))
    }
    return unit == .date ? DateText.digits(text)?.reading : number.reading(in: unit)
  }
}

/// A number as its digits say, without the rounding of a `Double`.
private struct DecimalText {
  /// The whole part, towards zero.
  var whole: Int64 = 0
  /// The fraction in billionths, with the sign of the number.
  var billionths: Int64 = 0
  /// Whether there are digits only.
  var isPlain = true

  /// Reads a number; nil for what is none or is larger than an `Int64`.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    let isNegative = text.first == UInt8(ascii: "-")
    let isSigned = isNegative || text.first == UInt8(ascii: "+")
    isPlain = !isSigned
    var at = isSigned ? 1 : 0
    let first = at
    guard readWhole(text, &at) else { return nil }
    var count = at - first
    if at < text.count, text[at] == UInt8(ascii: ".") {
      isPlain = false
      at += 1
      count += readFraction(text, &at)
    }
    guard count > 0 else { return nil }
    if at < text.count {
      guard text[at] | 0x20 == UInt8(ascii: "e"), readInFull(text) else { return nil }
    } else if isNegative {
      (whole, billionths) = (-whole, -billionths)
    }
  }

  func reading(in unit: TimeUnit) -> TimeReading {
    TimeReading(whole, billionths: billionths, unit)
  }

  private mutating func readWhole(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Bool {
    while at < text.count, text[at] &- 0x30 < 10 {
      let longer = whole.multipliedReportingOverflow(by: 10)
      let sum = longer.partialValue.addingReportingOverflow(Int64(text[at] - 0x30))
      guard !longer.overflow, !sum.overflow else { return false }
      whole = sum.partialValue
      at += 1
    }
    return true
  }

  /// Digits behind the ninth are beyond what is kept.
  private mutating func readFraction(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Int {
    var unit: Int64 = 1_000_000_000
    let start = at
    while at < text.count, text[at] &- 0x30 < 10 {
      unit /= 10
      billionths += Int64(text[at] - 0x30) * unit
      at += 1
    }
    return at - start
  }

  /// A number with an exponent, which has the precision of a `Double`.
  private mutating func readInFull(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let number = NumberText.exact(text),
      let whole = Int64(exactly: number.rounded(.towardZero))
    else { return false }
    self.whole = whole
    billionths = Int64((number - Double(whole)) * 1e9)
    isPlain = false
    return true
  }
}

/// Dates from text, the year first.
private struct DateText {
  private let text: UnsafeBufferPointer<UInt8>
  private var at = 0

  private init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  /// A date with separators, or a date in digits before a time.
  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> TimeReading? {
    var date = DateText(text)
    guard let day = date.day() else { return nil }
    guard date.at < text.count else { return reading(day, 0, 0) }
    guard date.skip({ $0 | 0x20 == 0x74 || $0 == 0x20 }), let (seconds, billionths) = date.clock(),
      let offset = date.offset(), date.at == text.count
    else { return nil }
    return reading(day, seconds - offset, billionths)
  }

  /// Digits that read as a date: nil where they do not begin as one, without a reading where there
  /// is no such day.
  static func digits(_ text: UnsafeBufferPointer<UInt8>) -> (reading: TimeReading?, Void)? {
    guard text.count == 8 || text.count == 12 || text.count == 14,
      text.allSatisfy({ $0 &- 0x30 < 10 })
    else { return nil }
    var date = DateText(text)
    // Milliseconds of 1976 to 1979 have twelve digits too, but no log.
    guard let year = date.number(4), (text.count == 12 ? 1990...2099 : 1900...2099).contains(year)
    else { return nil }
    date.at = 0
    let reading = date.compact()
    return text.count == 12 && reading == nil ? nil : (reading, ())
  }

  private mutating func compact() -> TimeReading? {
    guard let year = number(4), let month = number(2), let day = number(2),
      let date = CalendarDay(year: year, month: month, day: day)
    else { return nil }
    let hour = at < text.count ? number(2) ?? 0 : 0
    let minute = at < text.count ? number(2) ?? 0 : 0
    let second = at < text.count ? number(2) ?? 0 : 0
    guard hour < 24, minute < 60, second <= 60 else { return nil }
    return Self.reading(date, hour * 3600 + minute * 60 + second, 0)
  }

  private static func reading(_ day: CalendarDay, _ seconds: Int, _ billionths: Int)
    -> TimeReading
  {
    TimeReading(
      Int64(day.daysSince1970 * 86_400 + seconds), billionths: Int64(billionths), .date)
  }

  /// 2022-05-04, 2022/5/4, or 20220504 before a time.
  private mutating func day() -> CalendarDay? {
    guard let year = number(4), at < text.count else { return nil }
    let separator = text[at]
    guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/") else {
      guard let month = number(2), let day = number(2) else { return nil }
      return CalendarDay(year: year, month: month, day: day)
    }
    at += 1
    guard let month = number(1...2), skip({ $0 == separator }), let day = number(1...2) else {
      return nil
    }
    return CalendarDay(year: year, month: month, day: day)
  }

  /// 13:05, 13:05:00, 13:05:00.123456789, or 130500; seconds of the day and billionths.
  ///
  /// 24:00 is the midnight that ends the day, and a second 60 is a leap second.
  private mutating func clock() -> (seconds: Int, billionths: Int)? {
    guard let hour = number(1...2) else { return nil }
    let hasColons = skip({ $0 == 0x3A })
    guard let minute = number(2) else { return nil }
    var second = 0
    var billionths = 0
    let hasSeconds = hasColons ? skip({ $0 == 0x3A }) : at < text.count && text[at] &- 0x30 < 10
    if hasSeconds {
      guard let value = number(2) else { return nil }
      second = value
      if skip({ $0 == 0x2E || $0 == 0x2C }) {
        guard let fraction = fraction() else { return nil }
        billionths = fraction
      }
    }
    let isEnd = hour == 24 && minute == 0 && second == 0 && billionths == 0
    guard hour < 24 || isEnd, minute < 60, second <= 60 else { return nil }
    return (hour * 3600 + minute * 60 + second, billionths)
  }

  /// Digits behind the point; those behind the ninth are beyond what is kept.
  private mutating func fraction() -> Int? {
    var billionths = 0
    var unit = 1_000_000_000
    let start = at
    while at < text.count, text[at] &- 0x30 < 10 {
      unit /= 10
      billionths += Int(text[at] - 0x30) * unit
      at += 1
    }
    return at > start ? billionths : nil
  }

  /// Z, UTC, +02:00, +0200 or +02 as seconds; 0 where there is none.
  private mutating func offset() -> Int? {
    guard at < text.count else { return 0 }
    if skip({ $0 | 0x20 == 0x7A }) { return 0 }
    let isApart = skip({ $0 == 0x20 })
    if isApart, ["UTC", "GMT", "Z"].contains(where: { text[at...].elementsEqual($0.utf8) }) {
      at = text.count
      return 0
    }
    guard at < text.count, text[at] == 0x2B || text[at] == 0x2D else { return nil }
    let sign = text[at] == 0x2D ? -1 : 1
    at += 1
    guard let hours = number(2), hours <= 18 else { return nil }
    guard at < text.count else { return sign * hours * 3600 }
    _ = skip({ $0 == 0x3A })
    guard let minutes = number(2), minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }

  private mutating func skip(_ isWanted: (UInt8) -> Bool) -> Bool {
    guard at < text.count, isWanted(text[at]) else { return false }
    at += 1
    return true
  }

  private mutating func number(_ count: Int) -> Int? { number(count...count) }

  private mutating func number(_ counts: ClosedRange<Int>) -> Int? {
    var value = 0
    var count = 0
    while count < counts.upperBound, at < text.count, text[at] &- 0x30 < 10 {
      value = value * 10 + Int(text[at] - 0x30)
      count += 1
      at += 1
    }
    return counts.contains(count) ? value : nil
  }
}
