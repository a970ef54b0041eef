/// Where validation and test begin, on the scale of the times that were read.
struct TimeBounds {
  let validationFrom: Int64
  let testFrom: Int64
  /// The unit of the column.
  let unit: TimeUnit

  /// Takes the bounds of a split by time to the unit that the column turns out to have; nil for
  /// other splits.
  ///
  /// - Throws: ``ReaderError`` for a column of several units, of interactions too, and for bounds of
  ///   another one.
  init?(_ schema: DatasetSchema, _ parts: [TablePart]) throws(ReaderError) {
    guard case .time(let column, let validation, let test) = schema.split else {
      if let column = schema.interactions?.time, schema.timeUnit == nil {
        _ = try Self.example(of: column, parts.flatMap(\.chunks), for: .interactions)
      }
      return nil
    }
    var known = schema.timeUnit
    if known == nil { known = try Self.example(of: column, parts.flatMap(\.chunks))?.unit }
    guard let unit = known else { return nil }
    self.unit = unit
    validationFrom = try Self.time(validation, in: unit, column)
    testFrom = try Self.time(test, in: unit, column)
    guard validationFrom < testFrom else {
      throw .time(.timesOutOfOrder(column: column, validation: validation.text, test: test.text))
    }
  }

  private static func time(
    _ bound: TimeBound, in unit: TimeUnit, _ column: String
  ) throws(ReaderError) -> Int64 {
    let own = bound.reading.unit
    guard own == .date || own == unit || Set([own, unit]) == [.number, .seconds] else {
      throw .time(.boundUnit(column: column, unit: unit, found: bound.text, foundUnit: own))
    }
    return bound.reading.nanoseconds
  }

  /// An example of the unit that all times have, those of `earlier` chunks too; nil without rows.
  ///
  /// - Throws: ``ReaderError`` for a column of several units.
  static func example(
    of column: String, _ chunks: [ParsedChunk], after earlier: TimeExample? = nil,
    for purpose: TimePurpose = .split
  ) throws(ReaderError) -> TimeExample? {
    var first = earlier
    for chunk in chunks {
      for sight in chunk.timeUnits {
        let example = TimeExample(
          path: chunk.path, line: chunk.line(ofRow: sight.row), text: sight.text, unit: sight.unit)
        guard let known = first else {
          first = example
          continue
        }
        guard known.unit == example.unit else {
          throw .time(
            .mixedTimes(column: column, first: known, second: example, purpose: purpose))
        }
      }
    }
    return first
  }
}

/// A time in a file, as an example of its unit.
public struct TimeExample: Sendable, Hashable {
  let path: String
  let line: Int
  let text: String
  let unit: TimeUnit
}
