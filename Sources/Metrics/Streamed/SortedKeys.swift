/// Room for bytes beyond memory, such as a file without a name.
public protocol KeyScratch: AnyObject {
  /// Writes bytes behind those that were written before.
  ///
  /// - Throws: why it cannot.
  func append(_ bytes: UnsafeRawBufferPointer) throws
  /// Fills a buffer with what was written from an offset on.
  ///
  /// - Throws: why it cannot.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws
}

/// Makes room beyond memory once it is needed, or says why there is none.
public typealias ScratchSource = () throws -> any KeyScratch

/// Keys that come in any order and are visited in rising order.
///
/// Up to a budget they are sorted in memory. Beyond, as many as that are sorted at a time and written
/// as a run, and the runs are merged with ``blockKeys`` keys of each in memory: O(n log n).
struct SortedKeys<Key: Comparable & BitwiseCopyable> {
  /// Keys of a run that are in memory while runs are merged.
  private static var blockKeys: Int { 1 << 13 }

  private let budget: Int
  private let source: ScratchSource?
  private let sort: (inout [Key]) -> Void
  private var keys: [Key] = []
  private var scratch: (any KeyScratch)?
  /// The runs, by the numbers of their keys in the scratch.
  private var runs: [Range<Int>] = []

  /// Starts without keys; `sort` sorts so many at most in memory, and `scratch` has room for more.
  init(
    budget: Int, scratch: ScratchSource?,
    sort: @escaping (inout [Key]) -> Void = { $0.sort() }
  ) {
    self.budget = max(1, budget)
    source = scratch
    self.sort = sort
  }

  /// Whether no key was written.
  var isInMemory: Bool { runs.isEmpty }

  /// How many keys were added.
  var count: Int { (runs.last?.upperBound ?? 0) + keys.count }

  /// Adds a key.
  ///
  /// - Throws: ``NoScratch``, or why the scratch has no room.
  mutating func add(_ key: Key) throws {
    if keys.count == budget { try write() }
    keys.append(key)
  }

  /// Lets go of all keys.
  mutating func removeAll() {
    (keys, runs, scratch) = ([], [], nil)
  }

  /// Puts the keys of memory into a run.
  private mutating func write() throws {
    guard !keys.isEmpty else { return }
    guard let source else { throw NoScratch() }
    let scratch = try self.scratch ?? source()
    self.scratch = scratch
    sort(&keys)
    try keys.withUnsafeBytes { try scratch.append($0) }
    let first = runs.last?.upperBound ?? 0
    runs.append(first..<first + keys.count)
    keys.removeAll(keepingCapacity: true)
  }

  /// Visits all keys in rising order; more may be added afterwards.
  ///
  /// - Throws: why the scratch cannot be written or read.
  mutating func visit(_ body: (Key) -> Void) throws {
    guard !runs.isEmpty else {
      sort(&keys)
      return keys.forEach(body)
    }
    try write()
    keys = []
    guard let scratch else { return }
    var readers = try runs.map { run in
      try RunReader<Key>(scratch, run, blockKeys: min(budget, Self.blockKeys))
    }
    // The run with the least key is first; a run's children are 2i + 1 and 2i + 2.
    var heap = readers.indices.sorted { readers[$0].head < readers[$1].head }
    while let first = heap.first {
      body(readers[first].head)
      if try !readers[first].advance() {
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
      }
      Self.sink(&heap, readers)
    }
  }

  /// Puts the first run of a heap where it belongs.
  private static func sink(_ heap: inout [Int], _ readers: [RunReader<Key>]) {
    var node = 0
    while true {
      var least = node
      for child in [2 * node + 1, 2 * node + 2]
      where child < heap.count && readers[heap[child]].head < readers[heap[least]].head {
        least = child
      }
      guard least != node else { return }
      heap.swapAt(node, least)
      node = least
    }
  }
}

/// There is no room beyond memory.
struct NoScratch: Error, CustomStringConvertible {
  var description: String { "no more are kept" }
}

/// The keys of a run one after another.
private struct RunReader<Key: BitwiseCopyable> {
  private let scratch: any KeyScratch
  private let blockKeys: Int
  /// What of the run was not read yet.
  private var rest: Range<Int>
  private var block: [Key] = []
  private var index = 0

  /// A run of one key at least.
  init(_ scratch: any KeyScratch, _ run: Range<Int>, blockKeys: Int) throws {
    (self.scratch, rest, self.blockKeys) = (scratch, run, blockKeys)
    try read()
  }

  /// The least key that is left.
  var head: Key { block[index] }

  /// Goes to the next key; false if there is none.
  mutating func advance() throws -> Bool {
    index += 1
    if index == block.count, !rest.isEmpty { try read() }
    return index < block.count
  }

  private mutating func read() throws {
    let count = min(blockKeys, rest.count)
    let size = MemoryLayout<Key>.stride
    block = try [Key](unsafeUninitializedCapacity: count) { keys, written in
      try scratch.read(into: UnsafeMutableRawBufferPointer(keys), at: rest.lowerBound * size)
      written = count
    }
    rest = rest.lowerBound + count..<rest.upperBound
    index = 0
  }
}
