/// A time as it was read, with the unit in which it was written.
struct TimeReading: Sendable, Hashable, Comparable, Codable {
  /// Nanoseconds since 1970; the ends of `Int64` stand for all that lies beyond.
  let nanoseconds: Int64
  let unit: TimeUnit

  /// A time of so many nanoseconds.
  init(nanoseconds: Int64, unit: TimeUnit) {
    self.nanoseconds = nanoseconds
    self.unit = unit
  }

  /// A number of units, with a fraction of billionths of one.
  init(_ whole: Int64, billionths: Int64 = 0, _ unit: TimeUnit) {
    self.unit = unit
    let scaled = whole.multipliedReportingOverflow(by: unit.nanoseconds)
    let fraction = billionths * unit.nanoseconds / 1_000_000_000
    let sum = scaled.partialValue.addingReportingOverflow(fraction)
    let isBeyond = scaled.overflow || sum.overflow
    nanoseconds = isBeyond ? (whole < 0 ? .min : .max) : sum.partialValue
  }

  static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension TimeReading: CustomStringConvertible {
  /// As a person would write it: a date, a number, or a number of a unit with its date.
  var description: String {
    switch unit {
    case .date: date
    case .number: number
    default: "\(number) (\(date))"
    }
  }

  private var number: String {
    let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: unit.nanoseconds)
    return rest == 0 ? "\(whole)" : "\(Double(nanoseconds) / Double(unit.nanoseconds))"
  }

  /// `2022-05-04`, or `2022-05-04T13:05:00Z` where it is not midnight.
  private var date: String {
    if nanoseconds == .max { return "2262 or later" }
    if nanoseconds == .min { return "1677 or earlier" }
    let second: Int64 = 1_000_000_000
    let seconds = nanoseconds >= 0 ? nanoseconds / second : -((second - 1 - nanoseconds) / second)
    let days = seconds >= 0 ? seconds / 86_400 : -((86_399 - seconds) / 86_400)
    let time = Int(seconds - days * 86_400)
    let day = CalendarDay(daysSince1970: Int(days))
    let text = "\(Self.padded(day.year, 4))-\(Self.padded(day.month))-\(Self.padded(day.day))"
    guard time != 0 else { return text }
    let clock = [time / 3600, time / 60 % 60, time % 60].map { Self.padded($0) }
    return "\(text)T\(clock.joined(separator: ":"))Z"
  }

  private static func padded(_ part: Int, _ count: Int = 2) -> String {
    let digits = "\(part)"
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}

/// A day of the Gregorian calendar, continued to all years.
struct CalendarDay {
  let year: Int
  let month: Int
  let day: Int

  /// A day; nil if there is none such.
  init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= Self.days(in: month, year) else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day so many days after 1970-01-01.
  ///
  /// Years begin in March here, so that the leap day is the last; 400 of them have 146,097 days.
  init(daysSince1970 days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let ofEra = shifted - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * ofYear + 2) / 153
    day = ofYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days after 1970-01-01.
  var daysSince1970: Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear - 719_468
  }

  private static func days(in month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
