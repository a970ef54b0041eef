/// Which balancer puts the tasks' losses and gradients together, and what was chosen about it.
public struct BalancerSetting: Sendable, Hashable, Codable {
  /// Its name in `mtl-tui balancers`.
  public var name: String
  /// Choices by name; the others have their defaults.
  public var options: [String: String]

  /// Names a balancer.
  public init(_ name: String, options: [String: String] = [:]) {
    self.name = name
    self.options = options
  }

  /// The plain sum.
  public static let equal = BalancerSetting("equal")
}

extension BalancerSetting: CustomStringConvertible {
  /// As it is typed: `metabalance relax=0.5 target=buy`.
  public var description: String {
    ([name]
      + options.sorted { $0.key < $1.key }.map { key, value in
        let text = "\(key)=\(value)"
        return text.contains(" ") ? CommandText.inQuotes(text) : text
      }).joined(separator: " ")
  }
}

/// A balancer that may be chosen, as it is listed.
public struct BalancerChoices: Sendable, Hashable, Codable {
  /// Its name.
  public var name: String
  /// The name as the field writes it.
  public var title: String
  /// What it does, in a line.
  public var summary: String
  /// What may be chosen about it.
  public var options: [ModelDescription.Option]

  /// Describes a balancer.
  public init(name: String, title: String, summary: String, options: [ModelDescription.Option]) {
    self.name = name
    self.title = title
    self.summary = summary
    self.options = options
  }
}
