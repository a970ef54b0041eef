public import Tensors

/// A table whose rows come into being when they are first looked up.
///
/// The row of an id is drawn then, with the numbers that it has in a table that is drawn at once, since a
/// draw follows from seed, path and place alone. A table of 10⁸ rows thus begins at once, and takes the
/// memory of those that a run meets, next to one another however far apart their ids are:
///
///     row(id) = values[slots[id] − 1, :]
///
/// Rows are admitted before lanes run, on one thread. Whoever reads the table as one array in the order of
/// ids asks ``settle()`` for it first, which takes the memory of all rows.
///
/// Several processes may share the rows, see ``share(among:)``: those of others are guests here, behind the own
/// ones, for as long as a run looks them up.
public final class GrowingTable {
  /// V.
  public let vocabulary: Int
  /// D.
  public let width: Int
  /// The rows in the order in which they were first looked up, [``count``, D]; there is room for all.
  public let values: Storage<Float>
  /// By id, 1 + where its row lies; 0 where it has none yet.
  public let slots: Storage<Int32>
  /// By where a row lies, whose it is.
  public let ids: Storage<Int32>
  /// How many rows there are, guests aside.
  public internal(set) var count = 0
  /// Which rows are kept here.
  public internal(set) var share = RowShare.whole
  /// Rows of others, which lie behind the own ones.
  var guests = 0
  /// By where a row lies, the newest list that has it; nobody lists rows where all are here.
  var marks = Storage<Int32>(count: 0, filling: 0)
  var mark: Int32 = 0

  private let draw: PieceDraw
  /// What lies beside the rows.
  private(set) var companions: [Companion] = []
  /// Whether all rows are there, in the order of ids.
  var isSettled = false

  /// Memory of which a row belongs to each row of the table, such as moments.
  struct Companion {
    let memory: any ArchivedMemory
    let start: UnsafeMutableRawPointer
    /// What a row begins as.
    let first: [UInt8]

    func begin(_ slot: Int) {
      first.withUnsafeBytes { bytes in
        guard let from = bytes.baseAddress else { return }
        (start + slot * bytes.count).copyMemory(from: from, byteCount: bytes.count)
      }
    }

    func row(_ slot: Int) -> UnsafeMutableRawBufferPointer {
      UnsafeMutableRawBufferPointer(start: start + slot * first.count, count: first.count)
    }
  }

  /// Bytes of values above which tables grow unless somebody asks for another bound: to draw as many takes
  /// some two seconds.
  public static let usualBound = 256 << 20

  /// The table of a specification; nil if it is none, or not one array row by row.
  init?(_ specification: ParameterSpecification, seed: UInt64, above bound: Int) {
    guard case .table(let vocabulary, let width) = specification.kind,
      Self.grows(vocabulary: vocabulary, width: width, above: bound),
      specification.pieces.count == 1, let piece = specification.pieces.first,
      piece.offset == 0, piece.count == vocabulary * width, piece.shape.first == vocabulary,
      piece.strides.first == width, width == 1 || piece.strides.second == 1
    else { return nil }
    self.vocabulary = vocabulary
    self.width = width
    draw = PieceDraw(piece, seed: seed)
    values = Storage(reserving: vocabulary * width)
    slots = Storage(reserving: vocabulary, inLargePages: false)
    ids = Storage(reserving: vocabulary)
  }

  /// A table with the same rows, without what lies beside them.
  init(copyOf other: GrowingTable) {
    (vocabulary, width, draw) = (other.vocabulary, other.width, other.draw)
    values = Storage(reserving: vocabulary * width)
    slots = Storage(reserving: vocabulary, inLargePages: false)
    ids = Storage(reserving: vocabulary)
    (count, share) = (other.count, other.share)
    marks = Storage(reserving: other.marks.count, inLargePages: false)
    isSettled = other.isSettled
    values.base.update(from: other.values.base, count: count * width)
    ids.base.update(from: other.ids.base, count: count)
    for slot in 0..<count { slots.base[Int(ids.base[slot])] = Int32(slot + 1) }
  }

  /// Whether a table of so many rows and columns grows.
  public static func grows(vocabulary: Int, width: Int, above bound: Int = usualBound) -> Bool {
    vocabulary * width * MemoryLayout<Float>.stride > bound
  }

  /// Where the row of an id lies, for whoever may only read; nil where it has none yet.
  func row(of id: Int) -> UnsafePointer<Float>? {
    let slot = Int(slots.base[id])
    return slot == 0 ? nil : UnsafePointer(values.base + (slot - 1) * width)
  }

  /// The numbers of the rows that there are.
  var grown: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: values.base, count: count * width)
  }

  /// All numbers in the order of ids, drawn where there is no row.
  var numbers: [Float] {
    [Float](unsafeUninitializedCapacity: vocabulary * width) { buffer, filled in
      guard let base = buffer.baseAddress else { return }
      for id in 0..<vocabulary {
        let target = base + id * width
        if let row = row(of: id) {
          target.initialize(from: row, count: width)
        } else {
          drawRow(of: id, into: target)
        }
      }
      filled = vocabulary * width
    }
  }

  /// The numbers that the row of an id begins with.
  func drawRow(of id: Int, into target: UnsafeMutablePointer<Float>) {
    for column in 0..<width { target[column] = draw.value(id * width + column) }
  }

  // MARK: - Growing

  /// Sees to it that an id has a row.
  @inline(__always) public func admit(_ id: Int) {
    if slots.base[id] == 0 { add(id) }
  }

  private func add(_ id: Int) {
    precondition(
      guests == 0 && share.keeps(id), "row \(id) of a table that other processes keep")
    drawRow(of: id, into: values.base + count * width)
    for companion in companions { companion.begin(count) }
    ids.base[count] = Int32(id)
    count += 1
    slots.base[id] = Int32(count)
  }

  /// Admits all rows and lays them, and what lies beside them, in the order of ids.
  public func settle() {
    guard !isSettled else { return }
    precondition(share.isWhole, "a table whose rows several processes keep, as one array")
    for id in 0..<vocabulary { admit(id) }
    let rows = [
      (start: UnsafeMutableRawPointer(values.base), bytes: width * MemoryLayout<Float>.stride)
    ]
    let all = rows + companions.map { (start: $0.start, bytes: $0.first.count) }
    for slot in 0..<vocabulary {
      while ids.base[slot] != slot {
        let other = Int(ids.base[slot])
        for one in all { exchange(one.start, one.bytes, slot, other) }
        ids.base[slot] = ids.base[other]
        ids.base[other] = Int32(other)
      }
      slots.base[slot] = Int32(slot + 1)
    }
    isSettled = true
  }

  private func exchange(_ start: UnsafeMutableRawPointer, _ bytes: Int, _ a: Int, _ b: Int) {
    withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 16) { kept in
      guard let kept = kept.baseAddress else { return }
      let (first, second) = (start + a * bytes, start + b * bytes)
      kept.copyMemory(from: first, byteCount: bytes)
      first.copyMemory(from: second, byteCount: bytes)
      second.copyMemory(from: kept, byteCount: bytes)
    }
  }

  /// Forgets all rows.
  private func clear() {
    dropGuests()
    for slot in 0..<count { slots.base[Int(ids.base[slot])] = 0 }
    (count, isSettled) = (0, false)
  }

  // MARK: - What lies beside the rows

  /// Memory with a row of so many numbers for each row of the table, which begins as one number and moves
  /// with it.
  public func makeCompanion<Number: ArchiveNumber>(
    width: Int, filling first: Number
  ) -> Storage<Number> {
    let storage = Storage<Number>(reserving: vocabulary * width)
    let bytes = [Number](repeating: first, count: width).withUnsafeBytes { Array($0) }
    let companion = Companion(
      memory: storage, start: UnsafeMutableRawPointer(storage.base), first: bytes)
    for slot in 0..<count { companion.begin(slot) }
    companions.append(companion)
    return storage
  }

  /// Makes all rows of what lies beside the table as they began.
  public func restart(_ storage: some ArchivedMemory) {
    guard let companion = companions.first(where: { $0.memory === storage }) else { return }
    for slot in 0..<count { companion.begin(slot) }
  }

  /// Lets go of what lies beside the table.
  public func remove(_ storage: some ArchivedMemory) {
    companions.removeAll { $0.memory === storage }
  }

  // MARK: - Copies

  /// A copy of the rows that there are.
  package func copiedRows() -> GrownRows {
    let copy = GrownRows(
      ids: Storage(unwritten: count), rows: Storage(unwritten: count * width))
    copy.ids.base.update(from: ids.base, count: count)
    copy.rows.base.update(from: values.base, count: count * width)
    return copy
  }

  /// Comes back to a copy: rows that came into being since are as they began.
  package func restore(_ copy: GrownRows) {
    dropGuests()
    for slot in 0..<count where slot >= copy.count || ids.base[slot] != copy.ids.base[slot] {
      drawRow(of: Int(ids.base[slot]), into: values.base + slot * width)
    }
    for index in 0..<copy.count where share.keeps(Int(copy.ids.base[index])) {
      let id = Int(copy.ids.base[index])
      admit(id)
      (values.base + Int(slots.base[id] - 1) * width)
        .update(from: copy.rows.base + index * width, count: width)
    }
  }

  // MARK: - Saving

  /// Visits the rows that there are: their ids, and their numbers.
  ///
  /// - Throws: ``ArchiveError``, too where an id is none of the table's or stands there twice.
  package func visit(_ archive: inout Archive) throws(ArchiveError) {
    guard archive.isLoading else {
      try archive.memory("ids", first: count, of: ids)
      return try archive.memory(
        "rows", first: count * width, of: values, shape: [count, width])
    }
    var found: [Int32] = []
    try archive.numbers("ids", &found)
    if let wrong = begin(with: found) { throw archive.invalid("ids", wrong) }
    try archive.memory("rows", first: count * width, of: values)
  }

  /// Visits a copy of rows.
  ///
  /// - Throws: ``ArchiveError`` where it is none of this table's.
  func visit(_ copy: inout GrownRows, in archive: inout Archive) throws(ArchiveError) {
    try archive.memory("ids", &copy.ids, atMost: vocabulary)
    try archive.memory("rows", &copy.rows, atMost: vocabulary * width)
    guard archive.isLoading else { return }
    guard copy.rows.count == copy.count * width else {
      throw archive.invalid("rows", "\(copy.rows.count) numbers for \(copy.count) rows")
    }
    if let wrong = check(copy.ids.array) { throw archive.invalid("ids", wrong) }
  }

  /// Makes rows of ids, in this order and as they begin, in place of all others.
  ///
  /// - Returns: What is wrong with the ids, nothing is changed then; nil: nothing.
  private func begin(with found: [Int32]) -> String? {
    if let wrong = check(found) { return wrong }
    clear()
    for id in found { add(Int(id)) }
    return nil
  }

  /// What is wrong with ids of rows; nil: nothing.
  package func check(_ found: [Int32]) -> String? {
    let sorted = found.sorted()
    if let wrong = [sorted.first, sorted.last].compactMap(\.self).first(where: {
      $0 < 0 || Int($0) >= vocabulary
    }) {
      return "\(wrong) is not one of 0 to \(vocabulary - 1)"
    }
    return zip(sorted, sorted.dropFirst()).first { $0 == $1 }.map { "\($0.0) stands there twice" }
  }

  /// FNV-1a 64 over the rows that are not as they began, in the order of ids: the id, then its numbers.
  ///
  /// All are little-endian. What was looked up alone leaves no trace.
  func fingerprint(from start: UInt64) -> UInt64 {
    var (hash, drawn) = (start, [Float](repeating: 0, count: width))
    for slot in (0..<count).sorted(by: { ids.base[$0] < ids.base[$1] }) {
      let own = UnsafeBufferPointer(start: values.base + slot * width, count: width)
      drawn.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { drawRow(of: Int(ids.base[slot]), into: base) }
      }
      guard !zip(own, drawn).allSatisfy({ $0.bitPattern == $1.bitPattern }) else { continue }
      hash = fnv1a(
        littleEndian: [Float(bitPattern: UInt32(bitPattern: ids.base[slot]))], from: hash)
      hash = fnv1a(littleEndian: Array(own), from: hash)
    }
    return hash
  }
}
