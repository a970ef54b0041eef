/// How often the labels of two binary tasks occur together, over the rows in both sample spaces.
///
/// What of two things comes first shows in it: a purchase does not occur without its click.
public struct LabelPairs: Sendable, Hashable, Codable {
  /// The rows of two tasks, a and b, by their labels.
  public struct Counts: Sendable, Hashable, Codable {
    /// Rows in both sample spaces.
    public var rows = 0
    /// Rows with a = 1 and b = 1.
    public var both = 0
    /// Rows with a = 1 and b = 0.
    public var firstAlone = 0
    /// Rows with a = 0 and b = 1.
    public var secondAlone = 0

    /// Nothing counted.
    public init() {}

    /// The same of b and a.
    public var exchanged: Counts {
      var counts = self
      swap(&counts.firstAlone, &counts.secondAlone)
      return counts
    }
  }

  private let tasks: Int
  private let counts: [Counts]

  /// Counts the labels of some rows; of a regression nothing is counted.
  public init(_ examples: Examples, tasks definitions: [TaskDefinition]) {
    tasks = definitions.count
    var counts = [Counts](repeating: Counts(), count: tasks * tasks)
    let binary = definitions.indicesWithClasses
    for (index, a) in binary.enumerated() {
      for b in binary.dropFirst(index + 1) {
        let found = Self.count(a, b, of: examples, tasks: tasks)
        counts[a * tasks + b] = found
        counts[b * tasks + a] = found.exchanged
      }
    }
    self.counts = counts
  }

  private static func count(_ a: Int, _ b: Int, of examples: Examples, tasks: Int) -> Counts {
    var found = Counts()
    let labels = examples.labels.base
    for row in 0..<examples.count {
      let at = row * tasks
      if let spaces = examples.spaces?.base, spaces[at + a] == 0 || spaces[at + b] == 0 {
        continue
      }
      found.rows += 1
      switch (labels[at + a] == 1, labels[at + b] == 1) {
      case (true, true): found.both += 1
      case (true, false): found.firstAlone += 1
      case (false, true): found.secondAlone += 1
      case (false, false): break
      }
    }
    return found
  }

  /// Whether there are counts for each two of so many tasks.
  func isWhole(tasks count: Int) -> Bool { tasks == count && counts.count == count * count }

  /// The rows of a task beside another.
  public func counts(of first: Int, with second: Int) -> Counts { counts[first * tasks + second] }

  /// Whether the labels say that one task comes before another: fewer rows have the later alone
  /// than the earlier alone; nil if they do not tell.
  public func isFirst(_ task: Int, before other: Int) -> Bool? {
    let found = counts(of: task, with: other)
    return found.firstAlone == found.secondAlone ? nil : found.secondAlone < found.firstAlone
  }

  /// How many other tasks a task comes before.
  public func laterTasks(than task: Int) -> Int {
    (0..<tasks).count { $0 != task && isFirst(task, before: $0) == true }
  }
}
