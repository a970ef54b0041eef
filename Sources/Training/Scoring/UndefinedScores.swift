import Datasets
import Runs

/// Which scores the rows of a split do not define, and what follows from that, in words.
struct UndefinedScores {
  /// Why a task has no rank score.
  private enum Lack {
    case noRow, noPositive, noNegative, oneLabel
  }

  private let tasks: [TaskDefinition]
  private let lacks: [Lack?]
  private let split: Evaluation.Split

  /// Takes between which numbers the labels of each task lie, of rows by which it is judged.
  init(_ ranges: [LabelRange], of tasks: [TaskDefinition], split: Evaluation.Split) {
    (self.tasks, self.split) = (tasks, split)
    lacks = zip(ranges, tasks).map { Self.lack(in: $0, of: $1.kind) }
  }

  /// Looks at the labels by which a scorer judges.
  init(_ examples: Examples, _ scorer: Scorer, split: Evaluation.Split) {
    let ranges = scorer.tasks.indices.map { task in
      var labels = LabelRange()
      for row in 0..<examples.count {
        // Rows that do not count were read as well.
        if row % Self.rowsBetweenLettingGo == 0 { examples.letGo() }
        let at = row * scorer.tasks.count + task
        guard examples.isInside(at), scorer.isGiven(examples, row: row, task: task) else {
          continue
        }
        labels.add(examples.labels.base[at])
      }
      examples.letGo()
      return labels
    }
    self.init(ranges, of: scorer.tasks, split: split)
  }

  /// Rows of mapped files that are read before the system may take their pages back.
  private static let rowsBetweenLettingGo = 1 << 20

  private static func lack(in labels: LabelRange, of kind: LabelKind) -> Lack? {
    guard labels.least <= labels.most else { return .noRow }
    guard !labels.isVaried, kind.hasLabelColumn else { return nil }
    return kind.hasClasses ? labels.least > 0.5 ? .noNegative : .noPositive : .oneLabel
  }

  /// One sentence of what is undefined, with what it means for the choice of the kept step; nil where
  /// everything is defined.
  func sentence(keep: KeepRule, isOn: [Bool]) -> String? {
    let found = reasons
    guard !found.isEmpty else { return nil }
    return "\(split.rawValue) has \(found.joined(separator: ", ")): "
      + (split == .test ? "rank scores are undefined there" : consequence(keep, isOn))
  }

  /// What has no rank score, without more: `no positive row of click and buy`; nil if all have one.
  var words: String? {
    let found = reasons
    return found.isEmpty ? nil : found.joined(separator: ", ")
  }

  /// `no positive row of click and buy`.
  private var reasons: [String] {
    let words: [(Lack, String)] = [
      (.noRow, "no row of"), (.noPositive, "no positive row of"),
      (.noNegative, "no negative row of"), (.oneLabel, "one label only in all rows of"),
    ]
    return words.compactMap { lack, text in
      let names = tasks.indices.filter { lacks[$0] == lack }.map { printable(tasks[$0].name) }
      return names.isEmpty ? nil : "\(text) \(Self.listed(names))"
    }
  }

  private func consequence(_ keep: KeepRule, _ isOn: [Bool]) -> String {
    if case .last = keep { return "rank scores are undefined there" }
    if case .score(let name, _) = keep {
      let task = tasks.firstIndex { $0.name == name }
      guard let task, lacks[task] != nil else { return "the kept step does not depend on that" }
      return "\(printable("\(keep)")) is undefined, so the mean log loss decides which step is kept"
    }
    let on = tasks.indices.filter { isOn[$0] }
    guard on.contains(where: { lacks[$0] == nil }) else {
      return "no task has a rank score there, so the mean log loss decides which step is kept"
    }
    return "what is undefined does not count in the choice of the kept step"
  }

  private static func listed(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }
}

/// Between which numbers labels lie.
struct LabelRange {
  private(set) var least = Float.infinity
  private(set) var most = -Float.infinity

  mutating func add(_ label: Float) {
    least = min(least, label)
    most = max(most, label)
  }

  /// Whether the labels differ.
  var isVaried: Bool { least < most }
}
