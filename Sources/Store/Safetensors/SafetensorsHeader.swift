internal import Foundation
internal import Tensors

/// The header of a safetensors file: what is in it and where, as JSON.
///
///     {"__metadata__": {"format": "pt"},
///      "bottom.0.weight": {"dtype": "F32", "shape": [64, 32], "data_offsets": [0, 8192]}}
struct SafetensorsHeader: Equatable {
  /// An array's place.
  struct Place: Codable, Equatable {
    var name = ""
    var dtype: String
    var shape: [Int]
    var offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  var metadata: [String: String] = [:]
  /// In the order of the data.
  var places: [Place] = []

  /// A header as long as this is no header; the reference implementation's limit.
  static let longest = 100_000_000

  /// The JSON text: metadata sorted by key, then the arrays in the order of the data.
  var text: String {
    let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
    var members = metadata.isEmpty ? [] : ["\"__metadata__\":{\(pairs.joined(separator: ","))}"]
    members += places.map { place in
      let shape = place.shape.map(String.init).joined(separator: ",")
      let offsets = place.offsets.map(String.init).joined(separator: ",")
      return "\(Self.quoted(place.name)):{\"dtype\":\"\(place.dtype)\",\"shape\":[\(shape)]"
        + ",\"data_offsets\":[\(offsets)]}"
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

// MARK: - Reading

extension SafetensorsHeader: Decodable {
  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Name.self)
    for name in members.allKeys {
      if name.stringValue == "__metadata__" {
        metadata = try members.decode([String: String].self, forKey: name)
      } else {
        var place = try members.decode(Place.self, forKey: name)
        place.name = name.stringValue
        places.append(place)
      }
    }
    places.sort(by: Self.precedes)
  }

  /// Whether an array was written before another one.
  ///
  /// Offsets tell it of arrays that have elements. Of those that have none and lie at one place, the
  /// one of the larger elements was, then the one whose name is less, as ``SafetensorsWriter`` says:
  /// the checksum of the header depends on their order.
  private static func precedes(_ first: Place, _ second: Place) -> Bool {
    guard first.offsets == second.offsets else {
      return first.offsets.lexicographicallyPrecedes(second.offsets)
    }
    let sizes = [first, second].map { ArchiveKind(rawValue: $0.dtype)?.size ?? 0 }
    return sizes[0] == sizes[1]
      ? first.name.utf8.lexicographicallyPrecedes(second.name.utf8) : sizes[0] > sizes[1]
  }

  /// Reads the JSON text; says what is wrong with it.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(SafetensorsFault) -> SafetensorsHeader {
    do {
      return try JSONDecoder().decode(SafetensorsHeader.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw SafetensorsFault(what: "its header is not that of a safetensors file: \(error.where)")
    } catch {
      throw SafetensorsFault(what: "its header is not JSON")
    }
  }

  /// The elements' kinds, once it is sure that every array lies where it can: whole, one behind another,
  /// from the first byte of the data to the last.
  func kinds(dataBytes: Int) throws(SafetensorsFault) -> [ArchiveKind] {
    var end = 0
    var kinds: [ArchiveKind] = []
    for place in places {
      guard let kind = ArchiveKind(rawValue: place.dtype) else {
        let known = ArchiveKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw SafetensorsFault(
          what: "'\(place.name)' has elements of type \(place.dtype); known are \(known)")
      }
      guard place.offsets.count == 2, place.offsets[0] == end, place.offsets[1] >= end else {
        throw SafetensorsFault(
          what: "'\(place.name)' lies at \(place.offsets), expected to start at \(end)")
      }
      guard place.offsets[1] <= dataBytes else {
        throw SafetensorsFault(
          what: "'\(place.name)' ends at byte \(place.offsets[1]) of \(dataBytes)")
      }
      guard place.bytes(of: kind) == place.offsets[1] - end else {
        throw SafetensorsFault(
          what: "'\(place.name)' of shape \(place.shape) has \(place.offsets[1] - end) bytes")
      }
      end = place.offsets[1]
      kinds.append(kind)
    }
    guard end == dataBytes else {
      throw SafetensorsFault(what: "\(dataBytes - end) bytes behind the last array belong to none")
    }
    return kinds
  }
}

extension SafetensorsHeader.Place {
  /// How many bytes the shape asks for; nil if no array can be so.
  fileprivate func bytes(of kind: ArchiveKind) -> Int? {
    var bytes = kind.size
    for extent in shape {
      let (product, overflows) = bytes.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflows else { return nil }
      bytes = product
    }
    return bytes
  }
}

/// What is wrong with a file's content; who knows the path says where.
struct SafetensorsFault: Error {
  let what: String
}

extension DecodingError {
  /// Where in the JSON, and what is wrong.
  fileprivate var `where`: String {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context):
      "'\(context.codingPath.map(\.stringValue).joined(separator: " / "))' is not as expected"
    case .dataCorrupted: "it is not JSON"
    @unknown default: "it cannot be read"
    }
  }
}
