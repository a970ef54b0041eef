public import Datasets
public import Graph
public import Tensors

/// Where rows come from that are not those of a batch as they stand.
///
/// A source fills what a model reads beside the columns of the data, such as negatives that are drawn
/// for a step, into ``Graph/Batch/drawn``, or makes rows of its own. It is made once for a trainer and
/// belongs to its thread; its memory is taken when it is made, so that ``rows(at:beside:)`` allocates
/// nothing. What it returns holds until it is asked again.
public protocol RowSource: AnyObject {
  /// Rows that it returns at most: plans have room for so many.
  ///
  /// A source that answers returns as many rows as it is given, in their order.
  var capacity: Int { get }
  /// Columns of ``Graph/Batch/drawn`` that it fills.
  var drawnCount: Int { get }
  /// The rows of a step, beside those of a batch, which has as many as ``SourceSite/batchRows`` at most.
  ///
  /// Draws depend on the seed, the step and the number of the row in the batch alone: so a run has the
  /// same rows on any number of threads, when it goes on, and beside its shadow. Answers are asked for
  /// at step 0 whatever the step is, and follow from a row's own columns alone.
  func rows(at step: Int, beside batch: Batch) -> Batch
  /// Visits what follows neither from the data nor from seed and step.
  func visit(_ archive: inout Archive) throws(ArchiveError)
}

extension RowSource {
  /// Nothing is remembered.
  public func visit(_ archive: inout Archive) throws(ArchiveError) {}
}

/// What rows are for.
public enum RowPurpose: Sendable, Hashable {
  /// A turn of a step, by its index in the program.
  case turn(Int)
  /// Answers: scores, predictions, and whatever else is looked at without a descent.
  case answering
}

/// What a source is made from.
public struct SourceSite {
  /// The data set that trains; without rows where a kept model answers for others, nil where a trainer
  /// is given batches and knows no data.
  public let dataset: Dataset?
  /// The numbers.
  public let store: ParameterStore
  /// What random draws begin with.
  public let seed: UInt64
  /// Rows of a batch beside which it draws at most.
  public let batchRows: Int
  /// Makes what writes sentences of so many words at most with the numbers of the store, for as many
  /// rows; nil where nobody can.
  public let writer: ((_ model: any TextModel, _ longest: Int) -> any SentenceWriter)?

  /// Names all of it.
  public init(
    dataset: Dataset?, store: ParameterStore, seed: UInt64, batchRows: Int,
    writer: ((_ model: any TextModel, _ longest: Int) -> any SentenceWriter)? = nil
  ) {
    self.writer = writer
    self.dataset = dataset
    self.store = store
    self.seed = seed
    self.batchRows = batchRows
  }
}
