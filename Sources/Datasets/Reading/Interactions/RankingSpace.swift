import Runs

/// The rows that rankings count for: those whose user and item have an id of their own.
///
/// Who is rare or unseen has id 0 with all others that are, and rows that name nobody share an id; an
/// order of items for them is none.
struct RankingSpace {
  private let interactions: InteractionFields
  private let fields: Int
  /// The tasks that are rankings, by index.
  private let rankings: [Int]
  private let names: [String]

  /// The space of the rankings among some tasks; nil if none is one.
  init?(_ features: FeatureSchema, _ tasks: [TaskSchema]) {
    rankings = tasks.indices.filter { tasks[$0].kind == .ranking }
    guard let interactions = features.interactions, !rankings.isEmpty else { return nil }
    self.interactions = interactions
    fields = features.fields.count
    names = rankings.map { tasks[$0].name }
  }

  /// Takes rows out of the space, and says how many there are; labels and ids are filled.
  func fill(_ memory: SplitMemory) -> Int {
    var left = 0
    for row in 0..<memory.rows {
      let ids = memory.ids.base + row * fields
      let (user, item) = (ids[interactions.user], ids[interactions.item])
      guard user == 0 || item == 0 || !interactions.areNamed(user: user, item: item) else {
        continue
      }
      left += 1
      for task in rankings {
        memory.spaces?.base[row * memory.tasks + task] = 0
        memory.labels.base[row * memory.tasks + task] = 0
      }
    }
    return left
  }

  /// Takes rows out of the space in every split, and says of how many.
  func fill(_ splits: [SplitMemory]) -> [String] {
    let left = splits.map { fill($0) }
    guard left.contains(where: { $0 > 0 }) else { return [] }
    let counts = zip(left, LabelColumns.splitNames).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let are = left.reduce(0, +) == 1 ? "row is" : "rows are"
    let isMissing = interactions.missingUser != nil || interactions.missingItem != nil
    return names.map {
      "\(printable($0)): \(counts.joined(separator: ", ")) \(are) outside of its sample space, since "
        + "user or item \(isMissing ? "is missing or " : "")has no id of its own (fewer training rows than `minimumCount`)"
    }
  }
}
