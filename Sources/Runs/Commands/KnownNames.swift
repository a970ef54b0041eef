/// What there is to be named: the tasks of the data, the dials of the model, what the explorer has.
///
/// What is not known yet, as in `--at` before the data are read, is left out: then any name is taken,
/// and whether there is such a thing is looked at later.
public struct KnownNames: Sendable {
  /// A name with a few words about it, for the list of completions.
  public struct Name: Sendable, Hashable {
    /// The name.
    public let text: String
    /// A few words about it.
    public let note: String

    /// A name, and a few words about it.
    public init(_ text: String, note: String = "") {
      self.text = text
      self.note = note
    }
  }

  /// The names by kind; a kind that is not there is not known.
  public var names: [NameKind: [Name]] = [:]
  /// The ranges of the dials by name.
  public var dialRanges: [String: ClosedRange<Double>] = [:]
  /// The options of a model, and of how it is trained, by the model's name; the note begins with the
  /// default.
  public var options: [String: [Name]] = [:]
  /// How many validation rows there are; nil if that is not known.
  public var rowCount: Int?
  /// What the folder of a path holds, folders with a `/` at their end.
  public var files: [String: [String]] = [:]

  /// Nothing is known.
  public init() {}

  /// Sets the names of a kind.
  public mutating func set(_ kind: NameKind, _ texts: [String]) {
    names[kind] = texts.map { Name($0) }
  }

  /// The texts of the names of a kind; nil if they are not known.
  public func texts(_ kind: NameKind) -> [String]? { names[kind].map { $0.map(\.text) } }
}
