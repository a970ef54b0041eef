public import Datasets
public import Graph
public import Objectives

/// What a model may read of itself to show it: its numbers, and its answers for validation rows.
public struct ModelReading {
  /// The tasks.
  public let tasks: [TaskDefinition]
  /// The fields and dense features.
  public let schema: FeatureSchema
  /// The step of the parameters.
  public let step: Int
  /// The numbers.
  public let store: ParameterStore
  /// The rows that were looked at.
  public let batch: Batch
  /// What each task's loss counts just now, ω_k.
  public let weights: [Float]
  /// What the data say in words; nil if they say nothing.
  public let words: TextData?
  /// What users say of features; nil if the data say nothing.
  public var opinions: OpinionTuples?
  /// By task, the sums of the newest descent that it took part in.
  public var sums: [LossSums] = []
  /// The same of what is minimised besides the tasks' losses.
  public var terms: [LossSums] = []
  /// Watched values and logits by row.
  private let output: (Watched) -> (values: UnsafePointer<Float>, width: Int)?

  /// What a model may read.
  public init(
    tasks: [TaskDefinition], schema: FeatureSchema, step: Int, store: ParameterStore,
    batch: Batch, weights: [Float] = [], words: TextData? = nil,
    output: @escaping (Watched) -> (values: UnsafePointer<Float>, width: Int)?
  ) {
    self.tasks = tasks
    self.schema = schema
    self.step = step
    self.store = store
    self.batch = batch
    self.weights = weights
    self.words = words
    self.output = output
  }

  /// The tasks' names.
  public var taskNames: [String] { tasks.map(\.name) }

  /// A watched value of all rows, [rows, width]; nil if there is none.
  public func watched(_ name: Watched) -> (values: UnsafePointer<Float>, width: Int)? {
    output(name)
  }

  /// The mean of a watched value over the rows; empty if there is none.
  public func mean(of name: Watched) -> [Float] {
    guard let (values, width) = output(name), batch.rows > 0 else { return [] }
    var sums = [Double](repeating: 0, count: width)
    for row in 0..<batch.rows {
      for column in 0..<width { sums[column] += Double(values[row * width + column]) }
    }
    return sums.map { Float($0 / Double(batch.rows)) }
  }

  /// The numbers of a parameter's first named array, row by row.
  public func numbers(of parameter: Parameter) -> [Float] { store.numbers(of: parameter) }

  /// The first of some given numbers: the value of a dial.
  public func value(of parameter: Parameter) -> Double {
    Double(store.base(of: parameter)[0])
  }

  /// A row's label of a task; nil outside the task's sample space.
  public func label(row: Int, task: Int) -> Float? {
    let at = place(row) * batch.tasks + task
    if let spaces = batch.spaces, spaces[at] == 0 { return nil }
    return batch.labels?[at]
  }

  /// A row's id of a field.
  public func id(row: Int, field: Int) -> Int {
    batch.ids.map { Int($0[place(row) * batch.fields + field]) } ?? 0
  }

  /// A word by its id, raw; an em dash for none.
  public func word(_ id: Int32) -> String {
    guard let words, id != TextVocabulary.padding else { return "—" }
    return words.vocabulary.tokens(of: [id]).first ?? "—"
  }

  /// The text of some ids, raw.
  public func text(of ids: some Sequence<Int32>) -> String {
    guard let words else { return "" }
    return words.tokenizer.text(of: words.vocabulary.tokens(of: ids))
  }

  /// A text that was gathered, raw, as far as it is read; behind one that goes on stands ` …`.
  ///
  /// - Parameters:
  ///   - ids: the text's ids in a row, padding among them.
  ///   - number: the text's number in the corpus plus 1, as rows have it.
  /// - Returns: its tokens, joined.
  public func text(of ids: [Int32], number: Int32) -> String {
    guard let corpus = words?.corpus, (1...corpus.count).contains(Int(number)) else {
      return text(of: ids)
    }
    let (own, read) = (Int(number) - 1, ids.count { $0 != TextVocabulary.padding })
    return text(of: ids) + (corpus.isCut[own] || corpus[own].count > read ? " …" : "")
  }

  private func place(_ row: Int) -> Int { batch.index.map { Int($0[row]) } ?? row }
}
