import Datasets
import Graph
import Models
import Tensors

/// Where the rows of a trainer's turns and answers come from; of most models from the batch alone.
struct RowSources {
  /// The data set that trains; nil where batches are given and nothing is known of their data.
  let dataset: Dataset?
  /// By turn; nil: the rows of the batch.
  let turns: [(any RowSource)?]
  /// Of answers; nil: the rows of the batch.
  let answering: (any RowSource)?

  /// Makes the sources of a model for steps of so many rows.
  init(
    _ model: any MultiTaskModel, turns: Int, at stage: StageSite, dataset: Dataset?,
    batchRows: Int
  ) {
    func site(_ rows: Int) -> SourceSite {
      SourceSite(dataset: dataset, store: stage.store, seed: stage.seed, batchRows: rows) {
        Decoder(
          $0, store: stage.store, tasks: stage.tasks, workspace: stage.workspace, rows: rows,
          longest: $1)
      }
    }
    self.dataset = dataset
    self.turns = (0..<turns).map { model.source(for: .turn($0), at: site(batchRows)) }
    answering = model.source(
      for: .answering, at: site(AnswerPlans.rows(beside: batchRows)))
  }

  /// The rows of a turn of a step.
  func rows(of turn: Int, at step: Int, beside batch: Batch) -> Batch {
    turns[turn]?.rows(at: step, beside: batch) ?? batch
  }

  /// Rows to answer for, with all that the model has of them.
  func answered(_ batch: Batch) -> Batch {
    answering?.rows(at: 0, beside: batch) ?? batch
  }

  /// Rows to answer for, with all that a plan reads of them: nothing is drawn for one that does not.
  func answered(_ batch: Batch, by plan: Plan) -> Batch {
    plan.readsDrawn ? answered(batch) : batch
  }

  /// By turn, the rows that a plan must have room for.
  func capacities(batchRows: Int) -> [Int] { turns.map { $0?.capacity ?? batchRows } }

  /// Visits what the sources remember; of a model without there is nothing to visit.
  func visit(_ archive: inout Archive) throws(ArchiveError) {
    for (turn, source) in turns.enumerated() {
      if let source { try archive.part("source-\(turn)", source.visit) }
    }
    if let answering { try archive.part("source-answering", answering.visit) }
  }
}
