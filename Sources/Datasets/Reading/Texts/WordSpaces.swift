import Runs

/// The rows that tasks of texts and of tuples count for: those that have a text, or tuples.
struct WordSpaces {
  private let tasks: [TaskSchema]

  /// The spaces of the tasks of both kinds; nil if none is one.
  init?(_ tasks: [TaskSchema]) {
    guard tasks.contains(where: { $0.kind == .text || $0.kind == .tuples }) else { return nil }
    self.tasks = tasks
  }

  /// Takes rows out of the spaces; labels are filled.
  func fill(_ memory: SplitMemory, hasText: (Int) -> Bool, hasTuples: (Int) -> Bool) {
    for (task, rule) in tasks.enumerated() {
      for row in 0..<memory.rows {
        let isInside: Bool
        switch rule.kind {
        case .text: isInside = hasText(row)
        case .tuples: isInside = hasTuples(row)
        case .binary, .regression, .ranking: continue
        }
        if isInside { continue }
        memory.spaces?.base[row * memory.tasks + task] = 0
        memory.labels.base[row * memory.tasks + task] = 0
      }
    }
  }

  /// Takes rows out of the spaces in every split.
  func fill(
    _ splits: [SplitMemory], _ text: TextData?, _ opinions: OpinionTuples?,
    _ features: FeatureSchema
  ) {
    for (split, memory) in zip(RowSplit.allCases, splits) {
      let first = text?.corpus.texts(of: split).lowerBound ?? 0
      let told = Set((opinions?[split] ?? []).map { Meeting(user: $0.user, item: $0.item) })
      fill(
        memory, hasText: { text?.corpus[first + $0].isEmpty == false },
        hasTuples: { row in
          guard let own = features.interactions else { return false }
          let ids = memory.ids.base + row * features.fields.count
          return told.contains(Meeting(user: ids[own.user], item: ids[own.item]))
        })
    }
  }

  private struct Meeting: Hashable {
    let user: Int32
    let item: Int32
  }
}
