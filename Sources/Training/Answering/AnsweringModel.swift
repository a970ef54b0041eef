public import Datasets
import Foundation
import Models
public import Runs
public import Store
import Tensors

/// A model whose numbers were trained or fitted before: it answers for rows, without the rows that
/// trained it.
///
/// It belongs to one thread.
public final class AnsweringModel {
  enum Source {
    case trained(Trainer)
    case fitted([LinearWeights])
  }

  /// What turns a row of a file into one of the model's.
  public let encoding: DatasetEncoding
  let source: Source
  let scorer: Scorer
  /// Its name in the registry.
  let name: String

  /// Builds the model of a run and gives it the numbers of one of its checkpoints.
  ///
  /// - Parameters:
  ///   - configuration: that of the run; `threads` work here.
  ///   - encoding: how the run read its rows, with the labels' counts.
  ///   - tensors: the numbers, by their names in the model's file.
  ///   - path: that file, for messages.
  ///   - reviews: the data that trained it, for a model that reads their reviews
  ///     (`ModelEntry.readsReviews`); nil for others.
  /// - Throws: `ModelError`, `StoreError` or ``ResourceError``.
  public init(
    _ configuration: TrainingConfiguration, encoding: DatasetEncoding,
    tensors: [SafetensorsTensor], path: String, reviews: Dataset? = nil
  ) throws {
    self.encoding = encoding
    name = configuration.model
    let entry = try ModelRegistry.entry(named: configuration.model)
    guard case .trained = entry.kind else {
      source = .fitted(
        try LinearWeights.load(tensors, of: encoding.withoutRows, path: path))
      scorer = Scorer(tasks: encoding.tasks)
      return
    }
    let known = encoding.labelPairs
    let trainer = try Trainer(
      configuration, entry, dataset: encoding.withoutRows, rows: encoding.trainingRows,
      labels: known.map { pairs in { pairs } },
      // Its labels stand where those of the model do.
      reviews: try reviews.map { data throws(ModelError) in try entry.answered(data) })
    guard let trainer else {
      preconditionFailure("model \(entry.name): neither trained nor fitted")
    }
    try trainer.store.load(tensors, path: path)
    source = .trained(trainer)
    scorer = trainer.scorer
  }

  /// The tasks, in the order of the answers.
  public var tasks: [TaskDefinition] { scorer.tasks }

  /// Whether some task is judged with the data that trained it: see
  /// ``AnsweredRows/judge(by:on:_:)``.
  public var needsOwnData: Bool {
    tasks.contains { [.pairs, .words, .entries].contains($0.answer.rowLoss) }
  }

  /// By task, whether its answers are meant to be probabilities or means.
  public var isCalibrated: [Bool] {
    tasks.indices.map { !scorer.uncalibrated.contains($0) }
  }

  /// By task, the logits of rows, or the standardised values of a regression.
  public func outputs(for examples: Examples) -> [[Float]] {
    switch source {
    case .trained(let trainer): trainer.outputs(for: examples)
    case .fitted(let weights): weights.map { $0.logits(of: examples).map { Float($0) } }
    }
  }
}

// MARK: - Texts

extension AnsweringModel {
  /// The task whose texts it writes, by its index; nil for a model that writes none, and where the data
  /// that trained it are not known.
  public var textTask: Int? { writer?.model.textTask }

  /// What it writes for rows, the likeliest word each time; empty of a model that writes none.
  public func texts(for examples: Examples) -> [String] {
    guard let (trainer, _, words) = writer else { return [] }
    let longest = words.shape.tokens + 1
    let written = trainer.written(for: Array(0..<examples.count), of: examples, longest) ?? []
    return written.map { words.tokenizer.text(of: words.vocabulary.tokens(of: $0)) }
  }

  private var writer: (trainer: Trainer, model: any TextModel, words: TextData)? {
    guard case .trained(let trainer) = source, let words = trainer.sources.dataset?.text,
      let model = trainer.model as? any TextModel
    else { return nil }
    return (trainer, model, words)
  }
}

extension TaskDefinition {
  /// An answer in the unit of the label, of what a model puts out: mean + deviation · g(z) with the
  /// link g of the task's answer, so a probability 1 / (1 + e⁻ᶻ), or mean + deviation · z.
  public func answered(_ z: Double) -> Double { scale.original(answer.value(of: z)) }

  /// A label in its own unit, of one that is stored.
  public func label(_ stored: Float) -> Double { scale.original(Double(stored)) }
}
