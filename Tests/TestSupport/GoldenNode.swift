/// A place inside a golden case, which knows its way, so that an error can name it.
///
///     try golden["expect"]["gradients"]["towers.t0.0.weight"].tensor
public struct GoldenNode: Sendable {
  /// The way here: the case's name, then the keys.
  public let path: String
  /// What lies here.
  public let value: GoldenValue

  /// The value under a name.
  public subscript(name: String) -> GoldenNode {
    get throws {
      guard let found = try table[name] else {
        throw GoldenError.missing(name, in: path, present: try names)
      }
      return GoldenNode(path: "\(path).\(name)", value: found)
    }
  }

  /// Whether there is a value under a name; false also where this is no table.
  public func has(_ name: String) -> Bool {
    guard case .table(let table) = value else { return false }
    return table[name] != nil
  }

  /// The names here, sorted.
  public var names: [String] {
    get throws { try table.keys.sorted() }
  }

  /// The values of a list, in order.
  public var list: [GoldenNode] {
    get throws {
      guard case .list(let values) = value else { throw mismatch("a list") }
      return values.enumerated().map {
        GoldenNode(path: "\(path)[\($0.offset)]", value: $0.element)
      }
    }
  }

  private var table: [String: GoldenValue] {
    get throws {
      guard case .table(let table) = value else { throw mismatch("a table") }
      return table
    }
  }

  private func mismatch(_ expected: String) -> GoldenError {
    .mismatch(at: path, expected: expected, found: value.kind)
  }
}

// MARK: - Numbers, arrays, text

extension GoldenNode {
  /// A number; NaN where the case has null.
  public var number: Double {
    get throws {
      guard case .number(let number) = value else { throw mismatch("a number") }
      return number
    }
  }

  /// A whole number.
  public var integer: Int {
    get throws {
      guard let integer = Int(exactly: try number) else { throw mismatch("a whole number") }
      return integer
    }
  }

  /// Text.
  public var text: String {
    get throws {
      guard case .text(let text) = value else { throw mismatch("text") }
      return text
    }
  }

  /// True or false.
  public var flag: Bool {
    get throws {
      guard case .flag(let flag) = value else { throw mismatch("true or false") }
      return flag
    }
  }

  /// An array; a plain number or a list of numbers counts as one.
  public var tensor: GoldenTensor {
    get throws {
      switch value {
      case .tensor(let tensor): return tensor
      case .number(let number): return GoldenTensor(shape: [], values: [number])
      case .list:
        return GoldenTensor(shape: [try list.count], values: try list.map { try $0.number })
      default: throw mismatch("an array")
      }
    }
  }

  /// The elements of an array.
  public var numbers: [Double] {
    get throws { try tensor.values }
  }

  /// The elements of an array of whole numbers.
  public var integers: [Int] {
    get throws {
      try numbers.map {
        guard let integer = Int(exactly: $0) else { throw mismatch("whole numbers") }
        return integer
      }
    }
  }

  /// Every array of a table (parameters, gradients) by name, in the order of the names.
  public var tensors: [(name: String, tensor: GoldenTensor)] {
    get throws { try names.map { ($0, try self[$0].tensor) } }
  }
}

/// What can be wrong with a golden case; the description names the place.
public enum GoldenError: Error, Equatable, CustomStringConvertible {
  case unreadable(folder: String, reason: String)
  case noCases(folder: String)
  case malformed(file: String, reason: String)
  case missing(String, in: String, present: [String])
  case mismatch(at: String, expected: String, found: String)

  /// One sentence with the place and what was found there.
  public var description: String {
    switch self {
    case .unreadable(let folder, let reason): "\(folder): cannot read the golden cases: \(reason)"
    case .noCases(let folder): "\(folder): no golden cases (*.json)"
    case .malformed(let file, let reason): "\(file): not a golden case: \(reason)"
    case .missing(let name, let path, let present):
      "\(path): no '\(name)', only \(present.joined(separator: ", "))"
    case .mismatch(let path, let expected, let found): "\(path): \(found), not \(expected)"
    }
  }
}
