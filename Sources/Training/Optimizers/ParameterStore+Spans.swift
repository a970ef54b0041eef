import Graph
import Runs

extension ParameterStore {
  /// Dense floats that are updated alike: neighbours, or the equally long runs of one named array.
  struct Span {
    /// The first run.
    var range: Range<Int>
    /// How many runs there are, and how far apart they begin.
    var runs = 1
    var distance = 0
    /// What is said of them.
    let settings: Settings

    /// Where a run lies.
    func run(_ number: Int) -> Range<Int> {
      let start = range.lowerBound + number * distance
      return start..<(start + range.count)
    }

    /// A span of one run, cut into parts of so many floats at most.
    func pieces(of count: Int) -> [Span] {
      stride(from: range.lowerBound, to: range.upperBound, by: count).map {
        Span(range: $0..<min($0 + count, range.upperBound), settings: settings)
      }
    }
  }

  /// How an array is updated.
  struct Settings: Equatable {
    /// What the learning rate is multiplied by.
    let rateFactor: Double
    /// Whether weight decay applies.
    let decays: Bool
    /// λ of what is added to its gradient: λ·w.
    let l2: Double

    init(
      _ specification: ParameterSpecification, path: String,
      _ configuration: OptimizerConfiguration
    ) {
      let factor = OptimizerConfiguration.value(of: path, in: configuration.rates) ?? 1
      rateFactor = specification.rateFactor * factor
      decays = specification.decays
      l2 = OptimizerConfiguration.value(of: path, in: configuration.l2) ?? 0
    }
  }

  /// What is said of a table, by the path of its first array; see ``checkGroups(_:)``.
  func settings(ofTable table: Parameter, _ configuration: OptimizerConfiguration) -> Settings {
    let one = specifications[table.index]
    return Settings(one, path: one.pieces.first?.path ?? "", configuration)
  }

  /// The dense floats of an owner, cut where what is said of them changes, and by named array where
  /// the rule measures layers or what is said changes within a block.
  func spans(of segment: Int, _ configuration: OptimizerConfiguration) -> [Span] {
    var spans: [Span] = []
    var open: (start: Int, settings: Settings)?
    func close(at end: Int) {
      guard let last = open else { return }
      spans.append(Span(range: last.start..<end, settings: last.settings))
      open = nil
    }
    for (index, one) in specifications.enumerated()
    where self.segment(of: Parameter(index: index)) == segment {
      guard case .dense = one.kind else { continue }
      let settings = one.pieces.map { Settings(one, path: $0.path, configuration) }
      if configuration.rule.isByLayer || settings.contains(where: { $0 != settings[0] }) {
        close(at: offsets[index])
        spans += zip(one.pieces, settings).map { span(of: $0, at: offsets[index], $1) }
      } else if let first = settings.first, open?.settings != first {
        close(at: offsets[index])
        open = (offsets[index], first)
      }
    }
    close(at: segments[segment].upperBound)
    return spans
  }

  private func span(of piece: ParameterPiece, at offset: Int, _ settings: Settings) -> Span {
    let (runs, length, distance) = BalancedArray.runs(of: piece)
    let start = offset + piece.offset
    return Span(
      range: start..<(start + length), runs: runs, distance: distance, settings: settings)
  }

  /// Checks that groups have arrays, and that none has a part of a table alone, which moves as one.
  ///
  /// - Throws: ``ParameterGroupError``.
  func checkGroups(of configuration: OptimizerConfiguration) throws(ParameterGroupError) {
    try Self.checkGroups(of: configuration, in: specifications)
  }

  /// The same before there is a store.
  static func checkGroups(
    of configuration: OptimizerConfiguration, in specifications: [ParameterSpecification]
  ) throws(ParameterGroupError) {
    let learned = specifications.filter(\.isLearned)
    try configuration.checkGroups(learned.flatMap { $0.pieces.map(\.path) })
    for one in learned {
      guard case .table = one.kind, let first = one.pieces.first else { continue }
      for (setting, groups) in [("rate", configuration.rates), ("l2", configuration.l2)] {
        let found = one.pieces.first {
          OptimizerConfiguration.value(of: $0.path, in: groups)
            != OptimizerConfiguration.value(of: first.path, in: groups)
        }
        guard let found else { continue }
        let name = groups.keys.filter {
          OptimizerConfiguration.group($0, has: found.path)
            != OptimizerConfiguration.group($0, has: first.path)
        }.sorted().first
        throw ParameterGroupError(
          setting: setting, name: name ?? found.path, problem: .partOfTable(first.path))
      }
    }
  }
}
