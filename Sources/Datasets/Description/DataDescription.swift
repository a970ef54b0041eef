public import Runs

/// What data hold, and what in them bites whoever trains on them.
public struct DataDescription: Sendable {
  /// What the data are called.
  public let name: String
  /// Rows to train, to validate and to test on.
  public let rows: [Int]
  /// Labels by task and split, and what looks wrong.
  public let facts: DataFacts
  /// The inputs, categories first.
  public let inputs: [Input]
  /// By pair of tasks, in the order of the tasks, the correlation of their labels in the training rows
  /// that are in both sample spaces (Pearson; of two binary labels φ); NaN where one does not vary.
  public let correlations: [[Double]]
  /// How users and items meet; nil where the data name none.
  public let interactions: InteractionDescription?
  /// What texts hold; nil where no column is a text.
  public let texts: TextDescription?
  /// What was said of features; nil where no file of opinions is named.
  public let opinions: OpinionDescription?
  /// What bites.
  public let warnings: [Warning]

  /// An input.
  public struct Input: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Ids or numbers.
    public var kind: InputFacts.Kind
    /// Rows of the embedding table, the unknown id among them; 0 of a number.
    public var ids = 0
    /// What its column holds; nil of data made in memory.
    public var facts: InputFacts?
    /// Shares of the validation and the test rows whose category has no id; nil of a number.
    public var unknown: [Double]?
    /// By task, how well it alone ranks the rows, see ``SingleColumn``; NaN where that is undefined.
    public var auc: [Double] = []
  }

  /// Something that bites.
  public enum Warning: Sendable, Hashable {
    /// A split in which all labels of a binary task are the same.
    case oneClass(task: String, split: String, value: Int, rows: Int)
    /// A split without a row of a task.
    case noRows(task: String, split: String)
    /// One input alone tells a label.
    case givesAway(input: String, task: String, auc: Double)
    /// Test rows whose inputs and labels all stand in a training row too.
    case repeated(rows: Int, of: Int)
    /// Categories of a split that training does not know.
    case unknown(input: String, split: String, share: Double)
  }

  /// An AUC from which on a single column gives a label away.
  public static let tellingAUC = 0.97
  /// A share of rows with unknown categories from which on it is said.
  public static let tellingShare = 0.2

  /// Describes data.
  ///
  /// O(N · F · T) over at most ``SingleColumn/rowLimit`` rows of a split, and O(N) over
  /// all.
  public init(_ dataset: Dataset) {
    name = dataset.name
    rows = [dataset.training.count, dataset.validation.count, dataset.test.count]
    facts = dataset.facts
    correlations = LabelCorrelation(dataset).matrix
    let inputs = Self.inputs(of: dataset)
    self.inputs = inputs
    interactions = dataset.interactions.map { InteractionDescription($0) }
    texts = dataset.text.map { TextDescription($0) }
    opinions = dataset.opinions.map { OpinionDescription($0) }
    warnings =
      Self.labels(dataset.facts) + Self.given(inputs, dataset.tasks) + Self.repetitions(dataset)
      + Self.strangers(inputs)
  }

  private static func inputs(of dataset: Dataset) -> [Input] {
    let facts = Dictionary(
      dataset.inputs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let single = SingleColumn(dataset)
    let fields = dataset.features.fields.enumerated().map { index, field in
      Input(
        name: field.name, kind: .categorical, ids: field.vocabulary, facts: facts[field.name],
        unknown: [dataset.validation, dataset.test].map {
          $0.unknownShare(field: index, of: dataset.features.fields.count)
        }, auc: single.auc(ofField: index))
    }
    let numbers = dataset.features.dense.indices.compactMap { index -> Input? in
      guard case .value = dataset.features.dense[index].form else { return nil }
      let name = dataset.features.dense[index].column
      return Input(
        name: name, kind: .numeric, facts: facts[name], auc: single.auc(ofNumber: index))
    }
    return fields + numbers
  }

  private static func labels(_ facts: DataFacts) -> [Warning] {
    facts.tasks.flatMap { task in
      [("training", task.training), ("validation", task.validation), ("test", task.test)]
        .compactMap { split, labels -> Warning? in
          guard labels.rows > 0 else { return .noRows(task: task.task, split: split) }
          guard task.kind.hasClasses, labels.positives % labels.rows == 0 else { return nil }
          return .oneClass(
            task: task.task, split: split, value: labels.positives == 0 ? 0 : 1, rows: labels.rows)
        }
    }
  }

  private static func given(_ inputs: [Input], _ tasks: [TaskDefinition]) -> [Warning] {
    inputs.flatMap { input in
      zip(tasks, input.auc).compactMap { task, auc in
        auc >= tellingAUC ? .givesAway(input: input.name, task: task.name, auc: auc) : nil
      }
    }
  }

  private static func repetitions(_ dataset: Dataset) -> [Warning] {
    let count = RepeatedRows(dataset.test).count(in: dataset.training)
    return count > 0 ? [.repeated(rows: count, of: dataset.test.count)] : []
  }

  private static func strangers(_ inputs: [Input]) -> [Warning] {
    inputs.flatMap { input in
      zip(["validation", "test"], input.unknown ?? []).compactMap { split, share in
        share >= tellingShare ? .unknown(input: input.name, split: split, share: share) : nil
      }
    }
  }
}

extension Examples {
  /// The share of rows none of whose ids in a field is known; 0 without rows.
  fileprivate func unknownShare(field: Int, of fields: Int) -> Double {
    guard count > 0 else { return 0 }
    let isList = lists?.tables[field] != nil
    let unknown = (0..<count).count { row in
      guard isList else { return ids.base[row * fields + field] == 0 }
      let own = ids(ofRow: row, field: field)
      return !own.isEmpty && own.allSatisfy { $0 == 0 }
    }
    return Double(unknown) / Double(count)
  }
}
