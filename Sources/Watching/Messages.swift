import Runs

/// The number of the form that messages have; who speaks another one is refused in words.
///
/// Raise it with every change of a message or of a value of Runs that crosses.
let protocolNumber = 3

/// Who a watcher is.
///
/// Its keys never change, so that every version can refuse every other in words.
struct Hello: Codable {
  var protocolNumber: Int
  var wantsControl: Bool
}

/// The answer to a watcher that may watch.
struct Welcome: Codable {
  var protocolNumber: Int
  var hasControl: Bool
}

/// A command of a watcher's own number has been sent under a number of the run.
struct Receipt: Codable, Equatable {
  var own: UInt64
  var number: UInt64
}

extension Frame {
  /// A frame with a value of Runs.
  init(_ kind: Kind, coding value: some Encodable) throws {
    self.init(kind, try ValueCoding.encoded(value))
  }

  /// The value in the frame.
  func value<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try ValueCoding.decoded(type, from: contents)
  }

  /// The frame's contents as text.
  var text: String { String(decoding: contents, as: UTF8.self) }

  /// A frame with a text.
  init(_ kind: Kind, text: String) { self.init(kind, Array(text.utf8)) }
}
