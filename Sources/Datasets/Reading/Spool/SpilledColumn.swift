import Tensors

/// A text column whose texts do not fit in memory: codes count within runs of chunks, and the texts of
/// each run lie in a temporary file.
struct SpilledColumn: Sendable {
  /// The texts of some chunks, one after another.
  struct Run: Sendable {
    let start: Int
    let count: Int
    let bytes: Int
    /// The number of the first chunk behind it.
    let end: Int
  }

  let file: ScratchFile
  private(set) var runs: [Run] = []

  init(_ file: ScratchFile) { self.file = file }

  /// Bytes that sorting and merging the runs take besides them, if no text comes twice: sorted texts
  /// with three numbers each, an id each, and names with where they start.
  var mergedBytes: Int { runs.reduce(0) { $0 + 2 * $1.bytes + (12 + 4 + 8) * $1.count } }

  /// Which run a chunk's codes count in.
  func run(ofChunk number: Int) -> Int {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].end <= number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Puts away the texts of the chunks up to a number; bytes that were written.
  mutating func add(
    _ dictionary: ByteInterner, end: Int, at start: Int
  ) throws(SystemRefusal) -> Int {
    let texts = RunTexts(dictionary)
    runs.append(Run(start: start, count: texts.count, bytes: texts.total, end: end))
    return try texts.write(to: file, at: start)
  }
}

/// The texts of a spilled column with their counts, in sorted runs.
struct SpilledTexts: Sendable {
  let column: SpilledColumn
  private(set) var sorted: [SortedTexts] = []
  /// The first texts that training rows have, in the order in which rows in memory show them.
  private(set) var first = ByteInterner()
  private let end: EndQuestion

  /// Counts and sorts, run after run.
  init(
    _ column: SpilledColumn, index: Int, _ parts: [TablePart], _ plan: SplitPlan, in folder: String,
    end question: EndQuestion
  ) throws(SystemRefusal) {
    (self.column, end) = (column, question)
    let file = ScratchFile(try SystemFile(scratchIn: folder))
    var chunks = parts.indices.flatMap { part in
      parts[part].chunks.indices.map { (part, $0) }
    }[...]
    var next = 0
    for run in column.runs {
      try question.check()
      let texts = try RunTexts(
        column.file, at: run.start, count: run.count, bytes: run.bytes)
      var found = StoredCounts.Column(texts: run.count)
      while let (part, chunk) = chunks.first,
        let stored = parts[part].chunks[chunk].stored, stored.number < run.end
      {
        found.add(parts[part].chunks[chunk].codes(of: index), plan.splits[part][chunk])
        chunks = chunks.dropFirst()
      }
      for code in found.first where first.count < StoredCounts.Column.mostFirst {
        _ = texts[Int(code)].withUnsafeBufferPointer { first.id(of: $0) }
      }
      let own = try SortedTexts(texts, counts: found.counts, to: file, at: next)
      next += own.bytes
      sorted.append(own)
    }
  }

  /// Calls `body` with all texts that training rows have, or any rows, in the order of their bytes.
  ///
  /// Asks once in so many texts, those of other rows counted, whether more is wanted.
  func forEach(
    ofAllRows: Bool = false, askingEvery often: Int = 1 << 16, _ body: (MergedText) -> Void
  ) throws(SystemRefusal) {
    var number = 0
    var merge = try TextMerge(sorted)
    while let text = try merge.next() {
      if number % often == 0 { try end.check() }
      number += 1
      if ofAllRows || text.count > 0 { body(text) }
    }
  }
}
