import Foundation
import Testing

@testable import Datasets

/// What counts as a time, and on which scale.
@Suite struct TimeTextTests {
  private func time(_ text: String, _ unit: TimeUnit? = nil) -> TimeReading? {
    Array(text.utf8).withUnsafeBufferPointer { TimeText.parse($0, as: unit) }
  }

  /// 2023-01-15T13:05:00Z is 1,673,787,900 seconds after 1970.
  @Test(arguments: [
    ("2023-01-15", 1_673_740_800_000_000_000), ("20230115", 1_673_740_800_000_000_000),
    ("2023/01/15", 1_673_740_800_000_000_000), ("2023/1/15", 1_673_740_800_000_000_000),
    ("2023-01-15 13:05", 1_673_787_900_000_000_000),
    ("2023-01-15 13:05:00", 1_673_787_900_000_000_000),
    ("2023-01-15T13:05:00Z", 1_673_787_900_000_000_000),
    ("2023-01-15t13:05:00z", 1_673_787_900_000_000_000),
    ("2023/1/15 13:05", 1_673_787_900_000_000_000),
    ("2023-01-15T15:05:00+02:00", 1_673_787_900_000_000_000),
    ("2023-01-15 15:05:00 +0200", 1_673_787_900_000_000_000),
    ("2023-01-15T15:05+02", 1_673_787_900_000_000_000),
    ("2023-01-15 13:05:00 UTC", 1_673_787_900_000_000_000),
    // An offset may lead into the day before or behind, over a year's end and a leap day.
    ("2023-01-01T00:30:00+01:00", 1_672_529_400_000_000_000),
    ("2022-12-31T23:30:00-01:00", 1_672_533_000_000_000_000),
    ("2024-03-01T00:30:00+01:00", 1_709_249_400_000_000_000),
    ("2023-01-15T24:00:00", 1_673_827_200_000_000_000),
    ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
    ("2023-01-15T13:05:00.5Z", 1_673_787_900_500_000_000),
    ("2023-01-15 13:05:00,25", 1_673_787_900_250_000_000),
    ("2023-01-15T13:05:00.123456789Z", 1_673_787_900_123_456_789),
    ("2023-01-15T13:05:00.1234567891Z", 1_673_787_900_123_456_789),
    ("20230115T130500Z", 1_673_787_900_000_000_000), ("20230115130500", 1_673_787_900_000_000_000),
    ("202301151305", 1_673_787_900_000_000_000),
    ("1970-01-01", 0), ("1969-12-31T23:59:59Z", -1_000_000_000),
    ("1969-12-31", -86_400_000_000_000), ("2000-02-29", 951_782_400_000_000_000),
    ("1900-03-01", -2_203_891_200_000_000_000),
    ("9999-12-31", Int64.max), ("0001-01-01", Int64.min),
  ])
  func readsDates(text: String, nanoseconds: Int64) {
    #expect(time(text) == TimeReading(nanoseconds: nanoseconds, unit: .date))
    #expect(time(text, .date) == TimeReading(nanoseconds: nanoseconds, unit: .date))
  }

  @Test(arguments: [
    ("1673787900", TimeUnit.seconds, 1_673_787_900_000_000_000),
    ("1673787900.25", .seconds, 1_673_787_900_250_000_000),
    ("1673787900.123456789", .seconds, 1_673_787_900_123_456_789),
    ("1.6737879e9", .seconds, 1_673_787_900_000_000_000),
    ("1673787900123", .milliseconds, 1_673_787_900_123_000_000),
    ("1673787900123456", .microseconds, 1_673_787_900_123_456_000),
    ("1673787900123456789", .nanoseconds, 1_673_787_900_123_456_789),
    ("-1673787900", .seconds, -1_673_787_900_000_000_000),
    ("7", .number, 7_000_000_000), ("-1.5", .number, -1_500_000_000), ("0", .number, 0),
    ("99999999", .number, 99_999_999_000_000_000),
    ("18991231", .number, 18_991_231_000_000_000),
  ])
  func readsNumbers(text: String, unit: TimeUnit, nanoseconds: Int64) {
    #expect(time(text) == TimeReading(nanoseconds: nanoseconds, unit: unit))
    #expect(time(text, unit) == TimeReading(nanoseconds: nanoseconds, unit: unit))
  }

  @Test(arguments: [
    "", " ", "x", "20231301", "20230230", "2023-02-29", "2023-00-10", "2023-13-01", "2023-1-",
    "2023-01/15", "23-01-15", "15.01.2023", "01/15/2023", "15/01/2023", "15-01-2023", "2023-01",
    "2023-01-15T", "2023-01-15T25:00", "2023-01-15T24:00:01", "2023-01-15T12:60", "2023-01-15x",
    "2023-01-15T12:00:61", "2023-01-15T12:00:00.", "2023-01-15T12:00:00+", "2023-01-15T12:00+1",
    "2023-01-15T12:00:00Z ", "2023-01-15T12:00+02:60", "13:05:00", "Jan 15 2023", "1e", "nan",
    "99999999999999999999", "--5", "1.2.3", "20230115250000", "2023-01-15T12:00:00 CET",
  ])
  func refusesOtherTexts(text: String) { #expect(time(text) == nil) }

  /// A stated unit is believed.
  @Test func takesNumbersInTheUnitThatIsStated() {
    #expect(time("20230115", .number) == TimeReading(20_230_115, .number))
    #expect(time("86400000", .milliseconds)?.nanoseconds == 86_400_000_000_000)
    #expect(time("1673787900", .date) == nil)
    #expect(time("2023-01-15", .seconds) == nil)
  }

  @Test(arguments: [
    ("2023-01-15", "2023-01-15"), ("2023-01-15 13:05:09", "2023-01-15T13:05:09Z"),
    ("1969-12-31T23:00:00Z", "1969-12-31T23:00:00Z"), ("1673740800", "1673740800 (2023-01-15)"),
    ("1673740800500", "1673740800500 (2023-01-15)"), ("7", "7"), ("7.5", "7.5"),
    ("9999-12-31", "2262 or later"), ("0001-01-01", "1677 or earlier"),
  ])
  func showsTimes(text: String, shown: String) {
    #expect(time(text).map { "\($0)" } == shown)
  }

  /// Every day of four centuries, and back.
  @Test func countsDays() {
    var expected = 0
    for days in -135_140...11_000 {
      let day = CalendarDay(daysSince1970: days)
      #expect(day.daysSince1970 == days)
      if day.month == 2, day.day == 29 { expected += 1 }
    }
    // From 1600 to 1996, without 1700, 1800 and 1900.
    #expect(expected == 97)
  }
}

/// Splits by time over whole files.
@Suite struct TimeSplitTests {
  private func table(_ times: [String], from: String, test: String, unit: String = "") -> Table {
    let rows = times.enumerated().map { "u,\($0.offset),\($0.offset % 2),\"\($0.element)\"\n" }
    var table = Table(csv: "user,price,click,day\n" + rows.joined())
    table.schema.replace(
      "{column: split, validation: v, test: t}",
      with: "{time: {column: day, validationFrom: \(from), testFrom: \(test)\(unit)}}")
    return table
  }

  /// The same four days in every form; two train, one validates, one tests.
  @Test(arguments: [
    ["2023-01-01", "2023-01-05", "2023-01-10", "2023-01-12"],
    ["20230101", "20230105", "20230110", "20230112"],
    ["2023/1/1", "2023/1/5 23:59", "2023/1/10 00:00", "2023/1/12"],
    [
      "2023-01-01T00:00:00Z", "2023-01-10T00:59:59+01:00", "2023-01-10T01:00:00+01:00",
      "2023-01-12",
    ],
    ["1672531200", "1673308799", "1673308800", "1673481600"],
    ["1672531200000", "1673308799999", "1673308800000", "1673481600000"],
    ["1672531200000000", "1673308799999999", "1673308800000000", "1673481600000000"],
    ["1672531200.5", "1673308799.999999", "1673308800.0", "1673481600"],
  ])
  func aDateSplitsColumnsOfEveryUnit(times: [String]) throws {
    let data = try table(times, from: "2023-01-10", test: "2023-01-12").load()
    #expect([data.training, data.validation, data.test].map(\.count) == [2, 1, 1])
    let zoned = try table(times, from: "2023-01-10T02:00:00+02:00", test: "2023/1/11 12:00").load()
    #expect(zoned.contents == data.contents)
  }

  @Test func aNumberSplitsColumnsOfItsUnit() throws {
    let days = ["-3", "1", "2", "8"]
    let data = try table(days, from: "2", test: "5").load()
    #expect([data.training, data.validation, data.test].map(\.count) == [2, 1, 1])
    let old = ["-86401", "-86400", "-1", "0"]
    let dates = try table(old, from: "1969-12-31T23:59:59Z", test: "1970-01-01").load()
    #expect([dates.training, dates.validation, dates.test].map(\.count) == [2, 1, 1])
  }

  @Test(arguments: [
    (["20230101", "1673308800"], "20230101", TimeUnit.date, "1673308800", TimeUnit.seconds),
    (
      ["2023-01-01 10:00", "1673308800000"], "2023-01-01 10:00", .date, "1673308800000",
      .milliseconds
    ),
    (["1673308800", "1673308800000"], "1673308800", .seconds, "1673308800000", .milliseconds),
    (
      ["1673308800000", "1673308800000000"], "1673308800000", .milliseconds, "1673308800000000",
      .microseconds
    ),
    (["5", "1673308800"], "5", .number, "1673308800", .seconds),
    (["0", "2023-01-01"], "0", .number, "2023-01-01", .date),
  ])
  func refusesSeveralUnits(
    times: [String], first: String, firstUnit: TimeUnit, second: String, secondUnit: TimeUnit
  ) {
    for partBytes in [5, 1 << 20] {
      var table = table(
        [times[0], times[0], times[1], times[0]], from: "2023-01-10", test: "2023-01-12")
      table.partBytes = partBytes
      let error = ReaderError.time(
        .mixedTimes(
          column: "day",
          first: TimeExample(path: "t.csv", line: 2, text: first, unit: firstUnit),
          second: TimeExample(path: "t.csv", line: 4, text: second, unit: secondUnit)))
      #expect(throws: error) { try table.load() }
    }
  }

  @Test func aStatedUnitIsBelieved() throws {
    let times = ["5", "1673308800", "1673481600", "1673481601"]
    let data = try table(times, from: "2023-01-11", test: "1673481601", unit: ", unit: seconds")
      .load()
    #expect([data.training, data.validation, data.test].map(\.count) == [2, 1, 1])
    #expect(throws: ReaderError.self) {
      try table(["2023-01-01"] + times, from: "5", test: "6", unit: ", unit: seconds").load()
    }
    #expect(throws: SchemaError.self) {
      try table(times, from: "5", test: "6", unit: ", unit: days").load()
    }
  }

  @Test func refusesABoundOfAnotherUnit() {
    let times = ["1672531200", "1673308799", "1673308800", "1673481600"]
    #expect(
      throws: ReaderError.time(
        .boundUnit(
          column: "day", unit: .seconds, found: "1673308800000", foundUnit: .milliseconds))
    ) { try table(times, from: "1673308800000", test: "1673481600000").load() }
    #expect(
      throws: ReaderError.time(
        .timesOutOfOrder(column: "day", validation: "2023-01-12", test: "1673308800"))
    ) { try table(times, from: "2023-01-12", test: "1673308800").load() }
  }

  @Test func secondsInOneFileAndMillisecondsInTheNextAreRefused() throws {
    var schema = table([], from: "2023-01-10", test: "2023-01-12").schema
    schema.replace("{all: t.csv}", with: "{all: [a.csv, b.csv]}")
    let header = "user,price,click,day\n"
    let files = [
      "a.csv": Data((header + "u,1,0,1672531200\nu,1,1,1673308800\n").utf8),
      "b.csv": Data((header + "u,1,0,1673481600000\n").utf8),
    ]
    let error = ReaderError.time(
      .mixedTimes(
        column: "day",
        first: TimeExample(path: "a.csv", line: 2, text: "1672531200", unit: .seconds),
        second: TimeExample(path: "b.csv", line: 2, text: "1673481600000", unit: .milliseconds)))
    #expect(throws: error) {
      try DatasetLoader(
        DatasetSchema(yaml: schema, path: "s.yaml"), from: .memory(files), threads: 2
      ).load()
    }
  }
}
