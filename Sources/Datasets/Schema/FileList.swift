/// The files that are read one after another as one table: names, and patterns such as
/// `part-*.csv.gz`.
///
/// A pattern stands for the files that match it, in the order of their names, byte by byte:
/// `part-10` comes before `part-2`. The name `-` is standard input.
public struct FileList: Sendable, Hashable, Codable {
  /// The names and patterns as the schema writes them, in its order.
  public var names: [String]

  /// Lists names and patterns.
  public init(_ names: [String]) { self.names = names }

  /// One name or pattern.
  public init(_ name: String) { names = [name] }
}

extension FileList: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
  /// One name or pattern.
  public init(stringLiteral name: String) { self.init(name) }

  /// Several names and patterns.
  public init(arrayLiteral names: String...) { self.init(names) }
}

extension FileList: CustomStringConvertible {
  /// The names, with commas between them.
  public var description: String { names.joined(separator: ", ") }
}
