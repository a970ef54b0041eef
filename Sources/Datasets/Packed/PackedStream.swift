import Runs
import Tensors

/// The rows of a split of a packed folder, for a model that is used, block after block.
///
/// They are encoded already, so that the model must have been trained on inputs of the same ids and
/// numbers: on the same folder, or on the files that it was packed from.
public final class PackedStream: EncodedRows {
  private static let blocksAtOnce = 4

  private let packed: PackedRows
  private let encoding: DatasetEncoding
  /// By task of the model, the index of its label among those of the rows.
  private let tasks: [Int]
  private let wants: RowStream.Wants
  private var next = 0

  /// What is to be said of the rows, such as a file that has changed since it was packed.
  public let notices: [String]

  /// Opens the rows, and checks what anybody has touched.
  ///
  /// - Parameters:
  ///   - encoding: how training read its rows.
  ///   - folder: where the packed rows are.
  ///   - wants: what is read besides the inputs.
  ///   - threads: how many check.
  ///   - progress: hears the share done, and what is being done.
  /// - Throws: ``RowReadingError`` where the rows are not those of the model's inputs and tasks, or do not
  ///   have what is wanted.
  public init(
    _ encoding: DatasetEncoding, in folder: String, wants: RowStream.Wants, threads: Int,
    progress: (Double, String) -> Void = { _, _ in }
  ) throws(RowReadingError) {
    self.encoding = encoding
    self.wants = wants
    let dataset: Dataset
    do throws(PackError) {
      dataset = try PackedFolder.dataset(in: folder, threads: threads, progress: progress)
    } catch {
      throw .unpacked(error)
    }
    notices = dataset.readingNotices
    let refusal = Refusal(path: folder)
    if wants.segment != nil {
      throw refusal("columns that are no texts, for --by", "name the schema of the files")
    }
    guard let split = wants.split, let rows = dataset[split].packed else {
      throw refusal(
        "rows by split, not in the order of the files", "add --split training, validation or test")
    }
    packed = rows
    guard encoding.features.text == nil else {
      throw refusal(
        "no texts of rows, which the model reads and a packed folder does not keep",
        "name the schema of the files")
    }
    guard dataset.features == encoding.features else {
      throw refusal(
        "inputs of other ids or numbers than those that trained the model",
        "name the schema of the files, which are read as the training's were")
    }
    if wants.labels, let group = wants.group, group != dataset.group {
      throw refusal(
        dataset.group.map { "groups by \(printable($0))" } ?? "rows that are not grouped",
        "pack the data again with --group \(printable(group))")
    }
    if wants.labels, split == .training { try Self.checkWeights(dataset, refusal) }
    tasks = wants.labels ? try Self.tasks(encoding, dataset, refusal) : []
  }

  /// A weight multiplies the sample spaces of training rows, which are packed so.
  private static func checkWeights(
    _ dataset: Dataset, _ refusal: Refusal
  ) throws(RowReadingError) {
    guard dataset.encoding?.schema.weight != nil,
      dataset.training.hasRowOutsideOfAllSpaces(tasks: dataset.tasks.count)
    else { return }
    throw refusal(
      "training rows that count for no task, be it by a weight of 0, which scores leave out, or by "
        + "their sample spaces; which it is was not packed",
      "name the schema of the files")
  }

  /// Says why the rows of a folder cannot be used.
  private struct Refusal {
    let path: String

    func callAsFunction(_ found: String, _ fix: String) -> RowReadingError {
      .packed(path: path, found: found, fix: fix)
    }
  }

  /// By task of the model, where its labels are among those of the rows.
  private static func tasks(
    _ encoding: DatasetEncoding, _ dataset: Dataset, _ refusal: Refusal
  ) throws(RowReadingError) -> [Int] {
    var found: [Int] = []
    for task in encoding.tasks {
      let index = dataset.tasks.firstIndex {
        $0.name == task.name && $0.kind == task.kind && $0.scale == task.scale
      }
      guard let index else {
        throw refusal(
          "no labels of the task '\(printable(task.name))' as the model learned them",
          "name the schema of the files")
      }
      found.append(index)
    }
    return found
  }

  /// No segments.
  public var segmentNames: [String] { [] }

  /// Rows that were handed over.
  public var rows: Int { next == 0 ? 0 : packed.rows(ofBlock: next - 1).upperBound }

  /// The share of the rows that is read.
  public var share: Double {
    packed.blocks == 0 ? 1 : Double(next) / Double(packed.blocks)
  }

  /// The next rows; nil at the end.
  ///
  /// - Throws: ``RowReadingError`` that names the block that is not what was written.
  public func nextBlock() throws(RowReadingError) -> RowStream.Block? {
    guard next < packed.blocks else { return nil }
    let blocks = next..<min(packed.blocks, next + Self.blocksAtOnce)
    let first = packed.rows(ofBlock: blocks.lowerBound).lowerBound
    let count = packed.rows(ofBlock: blocks.upperBound - 1).upperBound - first
    let rows = packed.memory(rows: count)
    do throws(PackError) {
      for block in blocks {
        let at = packed.rows(ofBlock: block).lowerBound - first
        try packed.read(block: block, into: rows, at: at)
      }
    } catch {
      throw .unpacked(error)
    }
    next = blocks.upperBound
    return RowStream.Block(examples: used(rows), segments: [], firstRow: first)
  }

  /// The rows with the labels that the model knows.
  private func used(_ rows: Examples) -> Examples {
    let width = encoding.tasks.count
    func column(_ all: Storage<Float>, _ value: (Float) -> Float) -> Storage<Float> {
      let own = Storage<Float>(count: rows.count * width, filling: 0)
      for row in 0..<rows.count {
        for (index, task) in tasks.enumerated() {
          own.base[row * width + index] = value(all.base[row * packed.tasks + task])
        }
      }
      return own
    }
    let labels =
      wants.labels
      ? column(rows.labels) { $0 } : Storage<Float>(count: rows.count * width, filling: 0)
    return Examples(
      count: rows.count, ids: rows.ids, dense: rows.dense, labels: labels,
      // Scores are not weighted: inside a sample space every row counts alike.
      spaces: wants.labels ? rows.spaces.map { column($0) { $0 > 0 ? 1 : 0 } } : nil,
      lists: rows.lists, groups: wants.labels && wants.group != nil ? rows.groups : nil)
  }
}

extension Examples {
  /// Whether a row counts for none of so many tasks.
  fileprivate func hasRowOutsideOfAllSpaces(tasks: Int) -> Bool {
    guard let spaces else { return false }
    return (0..<count).contains { row in
      (0..<tasks).allSatisfy { spaces.base[row * tasks + $0] == 0 }
    }
  }
}

extension Dataset {
  /// The rows of a split.
  subscript(split: RowSplit) -> Examples {
    switch split {
    case .training: training
    case .validation: validation
    case .test: test
    }
  }
}
