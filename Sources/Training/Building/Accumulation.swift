import Datasets
import Graph
import Models
import Runs

extension Trainer {
  /// Checks that nothing in a model is made from all rows of a batch, so that gradients of several
  /// batches may be summed.
  static func checkAccumulation(
    _ batches: Int, of model: any MultiTaskModel, _ tasks: [TaskDefinition], named name: String
  ) throws(AccumulationError) {
    guard batches > 1 else { return }
    let (graph, logits, _) = trace(model, tasks, isTraining: true)
    _ = model.losses(logits, tasks: tasks)
    guard let meeting = graph.nodes.first(where: { $0.operation.meets }) else { return }
    throw AccumulationError(batches: batches, model: name, operation: meeting.operation.name)
  }
}

/// Why the gradients of several batches cannot be summed: a part of the model sees all rows of a batch.
///
/// Its memory would grow with all that are accumulated, and what it makes of a batch is not the sum of
/// what it makes of the parts.
struct AccumulationError: Error, Equatable {
  /// How many were asked for.
  let batches: Int
  /// The model's name.
  let model: String
  /// What sees the whole batch.
  let operation: String
}

extension AccumulationError: CustomStringConvertible {
  /// What is wrong, what was found, how to mend it.
  var description: String {
    """
    accumulate: model '\(model)' sees all rows of a batch together, so that the gradients of several \
    are not those of the parts.
      found: accumulate \(batches) with '\(operation)'
      fix:   leave --accumulate out and take a larger --batch, or model options without \(operation)
    """
  }
}
