public import Foundation

/// What a list of runs says of one before it has ended: written when it begins, as `run.json`.
public struct RunCard: Codable, Sendable, Hashable {
  /// The form of this file.
  public var version = 1
  /// The command that began it: `train`, `compare`, `study`, `explore`.
  public var command: String
  /// The model's name in the registry, or a label that tells two settings of it apart.
  public var model: String
  /// The data set's name.
  public var data: String
  /// The seed of every random draw; nil for a model that draws nothing.
  public var seed: UInt64?
  /// The hash of the configuration, in hexadecimal digits.
  public var configuration: String
  /// When it began, in seconds since 1970.
  public var started: Double
  /// The version of the program that began it.
  public var program: String
  /// The id of the run from which it branched off; nil for most.
  public var parent: String?
  /// What it began with besides what is drawn, in words for a person: embeddings of another run; nil: nothing.
  public var warmStart: String?
  /// Of how many steps each one's checkpoint is kept besides the last and the best; nil: of none.
  public var interval: Int?

  /// Describes a run that begins.
  public init(
    command: String, model: String, data: String, seed: UInt64?, configuration: String,
    started: Double = Date().timeIntervalSince1970, program: String, parent: String? = nil
  ) {
    self.command = command
    self.model = model
    self.data = data
    self.seed = seed
    self.configuration = configuration
    self.started = started
    self.program = program
    self.parent = parent
  }

  /// `20261127-0312-mmoe-sample-3f2a`: when it began (local time), model, data, start of the hash.
  var id: String {
    [Self.minute(started), model, data, String(configuration.prefix(4))].map(Self.plain)
      .filter { !$0.isEmpty }.joined(separator: "-")
  }

  /// Whether a name has the form of an id.
  ///
  /// Eight digits, four digits, then small letters and digits in words behind single dashes; a person
  /// may call a folder anything else.
  static func isId(_ name: String) -> Bool {
    name.wholeMatch(of: /[0-9]{8}-[0-9]{4}(-[a-z0-9]+)*/) != nil
  }

  /// A moment in local time, `20261127-0312`.
  private static func minute(_ seconds: Double) -> String {
    // A card that is damaged may say any number: years of four digits are shown.
    var time = time_t(seconds.isFinite ? min(max(seconds, -5e10), 2.5e11) : 0)
    var parts = tm()
    localtime_r(&time, &parts)
    func digits(_ number: Int32, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1, 2) + digits(parts.tm_mday, 2)
      + "-" + digits(parts.tm_hour, 2) + digits(parts.tm_min, 2)
  }

  /// Small letters and digits of a name, everything else as single dashes, 24 characters at most.
  private static func plain(_ name: String) -> String {
    let dashed = name.lowercased().unicodeScalars.map { scalar in
      scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        ? Character(scalar) : "-"
    }
    let joined = String(dashed).split(separator: "-").joined(separator: "-").prefix(24)
    return joined.hasSuffix("-") ? String(joined.dropLast()) : String(joined)
  }
}
