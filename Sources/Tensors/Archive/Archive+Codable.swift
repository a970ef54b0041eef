internal import Foundation

extension Archive {
  /// Visits a value that knows how to be written as JSON: for what is small and has many shapes.
  ///
  /// Numbers come back to the bit; NaN and the infinities are kept.
  ///
  /// - Throws: ``ArchiveError/content(_:_:)`` where what was saved is no such value.
  public mutating func value<Value: Codable>(
    _ name: String, _ value: inout Value
  ) throws(ArchiveError) {
    var text = ""
    if !isLoading { text = try Self.written(fullName(name), value) }
    try self.text(name, &text)
    if isLoading { value = try Self.read(fullName(name), text) }
  }

  private static func written<Value: Codable>(
    _ name: String, _ value: Value
  ) throws(ArchiveError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return String(decoding: try encoder.encode([value]), as: UTF8.self)
    } catch {
      throw .content(name, "it cannot be written: \(error)")
    }
  }

  private static func read<Value: Codable>(
    _ name: String, _ text: String
  ) throws(ArchiveError) -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      let values = try decoder.decode([Value].self, from: Data(text.utf8))
      guard values.count == 1 else {
        throw ArchiveError.size(name, found: values.count, expected: 1)
      }
      return values[0]
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw .content(name, "it cannot be read: \(error)")
    }
  }
}
