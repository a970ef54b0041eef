/// Times from text: numbers that grow with time.
enum TimeText {
  /// A number in full precision, or a date 2022-05-04 as 20220504; nil for anything else.
  ///
  /// Eight digits that begin a year from 1900 to 2099 are a date, so a month 13 is refused.
  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    if text.count == 10, text[4] == dash, text[7] == dash {
      let digits = [0, 1, 2, 3, 5, 6, 8, 9].map { text[$0] }
      return digits.withUnsafeBufferPointer(date)
    }
    guard let number = NumberText.exact(text), number.isFinite else { return nil }
    guard text.count == 8, (1900_00_00..<2100_00_00).contains(number) else { return number }
    return date(text)
  }

  /// The number of eight digits yyyymmdd; nil if there is no such day.
  private static func date(_ digits: UnsafeBufferPointer<UInt8>) -> Double? {
    guard digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    let (year, month, day) = (number / 10000, number / 100 % 100, number % 100)
    guard (1...12).contains(month), day >= 1, day <= days(month, year) else { return nil }
    return Double(number)
  }

  private static func days(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static let dash = UInt8(ascii: "-")
}
