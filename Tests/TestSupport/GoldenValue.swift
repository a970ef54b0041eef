/// A piece of a golden case, as its JSON has it.
public enum GoldenValue: Sendable, Equatable {
  /// A number; null, an undefined number, is NaN.
  case number(Double)
  /// An array of numbers with a shape.
  case tensor(GoldenTensor)
  /// Text.
  case text(String)
  /// True or false.
  case flag(Bool)
  /// Values by place.
  case list([GoldenValue])
  /// Values by name.
  case table([String: GoldenValue])

  /// What it is, in a word.
  var kind: String {
    switch self {
    case .number: "a number"
    case .tensor(let tensor): "an array of shape \(tensor.shape)"
    case .text: "text"
    case .flag: "true or false"
    case .list(let values): "a list of \(values.count)"
    case .table: "a table"
    }
  }
}

/// An array of a golden case: `{"shape", "kind", "values"}`, row-major.
public struct GoldenTensor: Sendable, Equatable {
  /// The kinds of elements.
  public enum Kind: String, Sendable, Decodable {
    case int
    case float
  }

  /// The length of each dimension; empty for a single number.
  public var shape: [Int]
  /// Whether the elements are whole numbers.
  public var kind: Kind
  /// The elements, row-major; null is NaN.
  public var values: [Double]

  /// Puts an array together.
  public init(shape: [Int], kind: Kind = .float, values: [Double]) {
    self.shape = shape
    self.kind = kind
    self.values = values
  }
}

// MARK: - Decoding

extension GoldenValue: Decodable {
  /// Reads any JSON value; an object with a shape is an array.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .number(.nan)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else {
      self = try Self(nested: decoder)
    }
  }

  private init(nested decoder: any Decoder) throws {
    guard let keys = try? decoder.container(keyedBy: GoldenTensor.Keys.self) else {
      self = .list(try [GoldenValue](from: decoder))
      return
    }
    // A configuration may have something called "shape"; only an array has values as well.
    if keys.contains(.shape), keys.contains(.values) {
      self = .tensor(try GoldenTensor(from: decoder))
    } else {
      self = .table(try [String: GoldenValue](from: decoder))
    }
  }
}

extension GoldenTensor: Decodable {
  enum Keys: String, CodingKey {
    case shape
    case kind
    case values
  }

  /// Reads an array and checks its count against its shape.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Keys.self)
    shape = try keys.decode([Int].self, forKey: .shape)
    kind = try keys.decode(Kind.self, forKey: .kind)
    values = try keys.decode([Double?].self, forKey: .values).map { $0 ?? .nan }
    let count = shape.reduce(1, *)
    guard values.count == count else {
      throw DecodingError.dataCorruptedError(
        forKey: .values, in: keys,
        debugDescription: "\(values.count) values, but the shape \(shape) has \(count)")
    }
  }
}
