/// The texts of one column that mean a missing value.
///
/// Wherever texts are categories, all of them become the first: two marks are one category.
struct MissingMarks {
  private let marks: [[UInt8]]
  /// Whether two texts or more mean it.
  let areSeveral: Bool
  /// Whether a number may be spelled as one of them is.
  let mayBeNumbers: Bool

  init(_ texts: [String]) {
    let marks = texts.map { Array($0.utf8) }
    self.marks = marks
    areSeveral = marks.count > 1
    mayBeNumbers = marks.contains { $0.withUnsafeBufferPointer(NumberText.exact) != nil }
  }

  /// Whether a field is missing.
  @inline(__always)
  func contains(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    for mark in marks where mark.count == field.count && field.elementsEqual(mark) { return true }
    return false
  }

  /// Calls `body` with a field, or with the first mark in place of another one.
  @inline(__always)
  func withCanonical<Result>(
    _ field: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    guard areSeveral, contains(field) else { return body(field) }
    return marks[0].withUnsafeBufferPointer(body)
  }
}
