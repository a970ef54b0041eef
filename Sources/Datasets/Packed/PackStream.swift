import Foundation
import Runs
import Tensors

/// Packs files whose rows never lie in memory all at once: what they are packed into is, byte for byte,
/// what packing through memory gives.
///
///     read        parse block after block, columns into a temporary file without a name
///     look        vocabularies, moments, buckets, label scales: column by column from that file
///     write       rows as models see them, block after block, with their checksums
///     read back   compare the checksums, take the rows' fingerprint, publish
///
/// Memory holds vocabularies that may not leave it, the distinct numbers of one column with buckets,
/// joined tables, one byte a row, and a few blocks.
public struct PackStream {
  private let loader: DatasetLoader
  private let writer: PackWriter
  private let budget: Int
  /// The bytes that a folder's disk has room for; nil where that is not known.
  var room: (String) -> Int? = freeBytes(at:)
  /// Rows of more bytes leave memory as soon as the disk has them.
  var mostInMemory = 1 << 30
  /// About how many bytes of a file of rows are read back at once.
  var readBackBytes = 8 << 20

  /// Prepares to pack what a loader would read.
  ///
  /// `budget` bytes of memory are for the texts of columns that may leave it; more go to temporary
  /// files, sorted and merged.
  public init(_ loader: DatasetLoader, with writer: PackWriter, budget: Int = 192 << 20) {
    self.loader = loader
    self.writer = writer
    self.budget = budget
  }

  /// Why data cannot be packed so, but go through memory; nil if they can.
  public static func obstacle(to schema: DatasetSchema) -> String? {
    switch schema.split {
    case .lastByUser, .ratioByUser: return "a split by user needs the rows of all users at once"
    case .files, .rowParity, .ratio, .column, .time: break
    }
    if schema.text != nil { return "texts of rows need all words at once" }
    if schema.opinions != nil { return "opinions need the rows of all users and items at once" }
    if schema.interactions != nil { return "interactions need the rows of all users at once" }
    return nil
  }

  /// Packs the files.
  ///
  /// - Parameters:
  ///   - origin: what they are.
  ///   - judge: adds what is known of the truth.
  /// - Throws: ``PackError``, and what was packed there before is as it was.
  public func write(
    from origin: PackWriter.Origin, judge: (Dataset) -> Dataset = { $0 }
  ) throws(PackError) {
    let made = try writer.prepare()
    do throws(PackError) {
      let assembler = try read(origin)
      let columns = try look(assembler)
      var stage = try writer.stage()
      var dataset = judge(try fill(assembler, columns, &stage))
      let fingerprint = try stage.readBack(
        rowsOf: dataset, isLarge: isLarge(assembler), atOnce: readBackBytes
      ) { [writer] share in
        writer.progress(Self.fillShare + (1 - Self.fillShare) * share, Self.readingBack)
      }
      dataset.known = KnownRows(dataset, fingerprint: fingerprint, on: writer.pool)
      try stage.writeBesideRows(of: dataset)
      try writer.finish(stage, PackHeader(dataset, origin))
    } catch {
      writer.discard(made)
      throw error
    }
  }

  private func read(_ origin: PackWriter.Origin) throws(PackError) -> DatasetAssembler {
    let spool: SpoolWriter
    do throws(SystemRefusal) {
      spool = try SpoolWriter(
        in: writer.folder, of: origin.sources, budget: budget,
        mayLeave: loader.schema.mayLeaveMemory,
        isEnded: writer.isEnded, room: room)
    } catch {
      throw .writing(.notWritable(path: writer.folder, reason: error.reason))
    }
    do throws(ReaderError) {
      let assembler = try loader.assembler(spool: spool) { [writer] share, what in
        writer.progress(share * Self.readShare, what)
      }
      try check(assembler.log)
      return assembler
    } catch {
      throw reason(error)
    }
  }

  /// What is said of an error: columns that are not read since no more is wanted are wrong ones.
  private func reason(_ error: ReaderError) -> PackError {
    if case .file(.ended) = error { return .reading(error) }
    return writer.isEnded() ? .writing(.ended(path: writer.folder)) : .reading(error)
  }

  private static let readShare = 0.5
  private static let fillShare = 0.8
  private static let readingBack = "reading back what was written"

  /// Whether the rows are more than memory should keep: those that training reads in windows, too.
  private func isLarge(_ assembler: DatasetAssembler) -> Bool {
    assembler.log.plan.counts.reduce(0, +) * assembler.schema.packedRowBytes > mostInMemory
  }

  private func look(_ assembler: DatasetAssembler) throws(PackError) -> AssembledColumns {
    writer.progress(Self.readShare, "making vocabularies and moments")
    do throws(ReaderError) {
      let columns = try assembler.columns()
      try check(assembler.log)
      return columns
    } catch {
      throw reason(error)
    }
  }

  private func check(_ log: LogRows) throws(ReaderError) {
    do throws(SystemRefusal) {
      try log.parts.spool?.check()
    } catch {
      throw .file(.noSpool(folder: writer.folder, reason: error.reason))
    }
  }

  /// Writes all rows; the data set, whose rows lie in the new files.
  private func fill(
    _ assembler: DatasetAssembler, _ columns: AssembledColumns, _ stage: inout PackStage
  ) throws(PackError) -> Dataset {
    let log = assembler.log
    var counts: [LabelCounts]
    let files: [RowFiles]
    do throws(SystemRefusal) {
      files = try rowFiles(columns, log.plan.counts, isLarge: isLarge(assembler), &stage)
      counts = LabelCounts.of(columns.memory(rows: 0, ofSplit: 0))
      let chunks = log.parts.indices.flatMap { part in
        log.parts[part].chunks.indices.map { (part, $0) }
      }
      let atOnce = TableReader.blocksAtOnce(threads: writer.pool.threads)
      for first in stride(from: 0, to: chunks.count, by: atOnce) {
        if writer.isEnded() { throw SystemRefusal(reason: "a request to end") }
        let some = Array(chunks[first..<min(chunks.count, first + atOnce)])
        try append(some, of: log, columns, to: files, &counts)
        writer.progress(
          Self.readShare + (Self.fillShare - Self.readShare) * Double(first) / Double(chunks.count),
          "packing rows")
      }
      try log.parts.spool?.check()
      for file in files { try file.finish(in: &stage) }
    } catch {
      try stage.endIfAsked()
      throw .writing(.notWritable(path: writer.folder, reason: error.reason))
    }
    var examples: [Examples] = []
    for split in files { examples.append(try split.examples(columns.fields.lists)) }
    do throws(ReaderError) {
      return try assembler.dataset(columns, examples, counts)
    } catch {
      throw reason(error)
    }
  }

  private func rowFiles(
    _ columns: AssembledColumns, _ counts: [Int], isLarge: Bool, _ stage: inout PackStage
  ) throws(SystemRefusal) -> [RowFiles] {
    var files: [RowFiles] = []
    for split in RowSplit.allCases {
      let number = Int(split.number)
      files.append(
        try RowFiles(
          split, rows: counts[number], like: columns.memory(rows: 0, ofSplit: number),
          fields: columns.features.fields.count, dense: columns.features.dense.count,
          isLarge: isLarge, in: &stage))
    }
    return files
  }

  /// Fills in some chunks at once; who has filled one writes its rows where they belong.
  private func append(
    _ chunks: [(part: Int, index: Int)], of log: LogRows, _ columns: AssembledColumns,
    to files: [RowFiles], _ counts: inout [LabelCounts]
  ) throws(SystemRefusal) {
    let targets = files.map(\.targets)
    let filling = ParallelMap<Result<FilledRows, SystemRefusal>>(count: chunks.count) { number in
      let (part, index) = chunks[number]
      return Result { () throws(SystemRefusal) in
        try FilledRows(log, part: part, index: index, columns, to: targets)
      }
    }
    filling.run(on: writer.pool)
    for filled in filling.results {
      let filled = try filled.get()
      for task in counts.indices { counts[task].add(filled.labels[task]) }
      for (split, sums) in filled.sums { files[split].take(sums) }
    }
  }
}

/// The rows of a chunk behind their way into the files.
private struct FilledRows: Sendable {
  /// What the training labels are, by task.
  let labels: [LabelCounts]
  /// The checksums of the splits that have rows in the chunk.
  private(set) var sums: [(split: Int, sums: [BlockSums])] = []

  /// Fills in a chunk's rows and writes them.
  init(
    _ log: LogRows, part: Int, index: Int, _ columns: AssembledColumns,
    to targets: [[(column: RowColumn, target: RowTarget)]]
  ) throws(SystemRefusal) {
    let chunk = log.chunk(part: part, index: index, isAlone: true)
    let memory = RowSplit.allCases.indices.map { split in
      columns.memory(rows: chunk.splits.count { Int($0) == split }, ofSplit: split)
    }
    columns.fill(memory, chunk)
    labels = LabelCounts.of(memory[0])
    for (split, rows) in memory.enumerated() where rows.rows > 0 {
      let start = log.plan.starts[part][index][split]
      sums.append((split, try rows.write(to: targets[split], at: start)))
    }
  }
}

extension DatasetSchema {
  /// Whether the texts of a column are categories of single values, hashes or groups and nothing else:
  /// those of labels, splits, keys and lists are looked up by other means, and stay in memory.
  func mayLeaveMemory(_ text: UsedColumns.TextColumn) -> Bool {
    let conditions = tasks.flatMap { [$0.label, $0.space].compactMap { $0?.column } }
    var others = Set(conditions + joins.map(\.logKey))
    if case .column(let name, _, _) = split { others.insert(name) }
    guard !others.contains(text.name) else { return false }
    let inputs = columns.filter { column in
      column.source == text.name || column.isPattern && column.matches(text.name)
    }
    let isGroup = groupColumn.map { $0.table == nil && $0.source == text.name } ?? false
    return (isGroup || !inputs.isEmpty) && inputs.allSatisfy { $0.rule.list == nil }
  }
}

extension DatasetSchema {
  /// Bytes of a packed row: an id, a dense feature, a label, a sample space and a group take four each.
  ///
  /// Columns that a pattern stands for count once they are known. With weights, rows that do not train
  /// may take less.
  var packedRowBytes: Int {
    let inputs = (columns + joins.flatMap(\.columns)).reduce(0) { sum, column in
      switch column.role {
      case .categorical: sum + 1
      case .numeric(let log1p, let indicator): sum + 1 + (log1p ? 1 : 0) + (indicator ? 1 : 0)
      case .ignore: sum
      }
    }
    let labels = tasks.count * (hasSpaces || weight != nil ? 2 : 1)
    return 4 * (inputs + labels + (group == nil ? 0 : 1))
  }

  /// Whether a task does not count for every row.
  var hasSpaces: Bool { tasks.contains { $0.space != nil || $0.skipsMissing } }
}
