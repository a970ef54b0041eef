import Tensors

/// A number for each text of a spilled column by its codes, in files without a name.
struct SpilledNumbers: Sendable {
  private let column: SpilledColumn
  /// By run, a number for each code.
  private let runs: [MappedBytes]

  /// All of them 0.
  init(of column: SpilledColumn, in folder: String) throws(SystemRefusal) {
    self.column = column
    var runs: [MappedBytes] = []
    for run in column.runs { runs.append(try MappedBytes(scratchIn: folder, count: 4 * run.count)) }
    self.runs = runs
  }

  subscript(run: Int, code: Int) -> Int32 {
    get { runs[run].bytes.load(fromByteOffset: 4 * code, as: Int32.self) }
    nonmutating set {
      runs[run].bytes.storeBytes(of: newValue, toByteOffset: 4 * code, as: Int32.self)
    }
  }

  /// Gives a text its number.
  func set(_ number: Int32, to text: MergedText) {
    for (run, code) in text.codes { self[run, code] = number }
  }

  /// By code of a chunk, the number; nil where there is none.
  func numbers(ofChunk number: Int) -> UnsafePointer<Int32>? {
    let run = runs[column.run(ofChunk: number)]
    return UnsafePointer(run.bytes.bindMemory(to: Int32.self).baseAddress)
  }

  /// Calls `body` with each run and the number of its codes, in their order.
  func forEachRun(_ body: (Int, Int) -> Void) {
    for (index, run) in column.runs.enumerated() { body(index, run.count) }
  }

  /// Lets the system take back the memory that was written.
  func letGo() { runs.forEach { $0.letGo() } }
}

extension MappedBytes {
  /// So many zeros of a file without a name: it goes with whoever holds it.
  convenience init(scratchIn folder: String, count: Int) throws(SystemRefusal) {
    let path = scratchPath(in: folder)
    do { try self.init(making: path, count: count) } catch {
      throw SystemRefusal(reason: error.reason)
    }
    removeFile(path)
  }
}
