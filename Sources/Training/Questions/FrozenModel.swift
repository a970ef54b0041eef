import Datasets
import Graph
import Models
import Tensors

/// A model with the parameters of one step, which answers while training goes on.
///
/// It has numbers of its own and shares threads and their memory with the trainer, so it answers
/// between steps only; nothing that it does reaches the trainer's numbers.
final class FrozenModel {
  /// The step of the parameters.
  let step: Int
  /// Its numbers.
  let store: ParameterStore
  private let trainer: Trainer
  private let evaluation: Executor
  private var rowLosses: Executor?

  /// Copies what a trainer answers with just now.
  init(_ trainer: Trainer) {
    self.trainer = trainer
    step = trainer.parameterStep
    store = ParameterStore(copyOf: trainer.store)
    evaluation = trainer.makeEvaluation(on: store)
  }

  /// Rows that ``forward(_:)`` takes at once.
  var evaluationRows: Int { trainer.evaluationRows }

  /// Runs rows forward; outputs are read from the executor until the next call.
  func forward(_ batch: Batch) -> Executor {
    evaluation.run(trainer.sources.answered(batch, by: evaluation.plan))
    return evaluation
  }

  /// Runs rows forward; what the model may read of them, until the next call.
  func reading(of batch: Batch, in dataset: Dataset) -> ModelReading {
    let batch = trainer.sources.answered(batch)
    evaluation.run(batch)
    let weights = trainer.tasks.indices.map { trainer.weight(of: $0) }
    var reading = ModelReading(
      tasks: trainer.tasks, schema: dataset.features, step: step, store: store, batch: batch,
      weights: weights, words: dataset.text
    ) { [evaluation] name in
      guard let values = evaluation.output(name),
        let output = evaluation.plan.outputs.first(where: { $0.name == name })
      else { return nil }
      return (values, output.width)
    }
    reading.opinions = dataset.opinions
    return reading
  }

  /// What the model writes of a row greedily, in words' ids without the end; nil of a model that writes
  /// nothing.
  func sentence(of row: Batch, longest: Int) -> [Int32]? {
    guard let writer = trainer.model as? any TextModel else { return nil }
    let decoder = Decoder(
      writer, store: store, tasks: trainer.tasks.count, workspace: trainer.workspace, rows: 1,
      longest: longest)
    decoder.generate(trainer.sources.answered(row), .greedy)
    return decoder.sentence(ofRow: 0).filter { $0 != TextVocabulary.end }
  }

  /// By task the loss that is trained, of one row; see ``Trainer/losses(ofRow:)``.
  func losses(ofRow row: Batch) -> [Double] {
    let executor = rowLosses ?? trainer.makeRowLosses(on: store)
    rowLosses = executor
    executor.run(trainer.sources.answered(row, by: executor.plan))
    return executor.rowLosses(tasks: trainer.tasks.count)
  }

  /// Answers without an expert from now on, or with all of them again.
  func leaveOut(_ expert: Int?) {
    store.leaveOut(expert, of: trainer.gateDeclarations)
  }
}
