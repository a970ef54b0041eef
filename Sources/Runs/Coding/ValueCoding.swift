import Foundation

/// How values of a run are written as JSON and read back: the one place that knows how numbers are
/// written that JSON has no word for.
///
/// NaN and infinities are the texts `nan`, `inf` and `-inf`; keys are sorted, so that equal values
/// without sets are equal bytes.
public enum ValueCoding {
  /// A value as JSON in UTF-8, on one line.
  ///
  /// - Throws: `EncodingError`, of a value that refuses to be encoded.
  public static func encoded(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return [UInt8](try encoder.encode(value))
  }

  /// The value that JSON in UTF-8 stands for.
  ///
  /// - Throws: `DecodingError`, which names the key where something else was found than belongs there.
  public static func decoded<Value: Decodable>(
    _ type: Value.Type = Value.self, from bytes: some Sequence<UInt8>
  ) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(type, from: Data(bytes))
  }
}

extension KeyedEncodingContainer {
  /// Encodes many small numbers as one text in base 64.
  mutating func encode(packing bytes: [UInt8], forKey key: Key) throws {
    try encode(Data(bytes).base64EncodedString(), forKey: key)
  }
}

extension KeyedDecodingContainer {
  /// Decodes what ``KeyedEncodingContainer/encode(packing:forKey:)`` has encoded.
  func decodePacked(forKey key: Key) throws -> [UInt8] {
    guard let bytes = Data(base64Encoded: try decode(String.self, forKey: key)) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "no text in base 64")
    }
    return [UInt8](bytes)
  }
}
