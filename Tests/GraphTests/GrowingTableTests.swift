import Tensors
import Testing

@testable import Graph

/// Tables whose rows come into being when they are looked up have the numbers of any other.
@Suite("Growing tables") struct GrowingTableTests {
  private static let width = 3

  private static func specification(
    rows: Int, _ path: String, _ start: Initialiser = .normal(deviation: 0.01), width: Int = width
  ) -> ParameterSpecification {
    ParameterSpecification(
      kind: .table(vocabulary: rows, width: width), owner: .shared,
      pieces: [
        ParameterPiece(
          path: path, shape: [rows, width], offset: 0, strides: .init(first: width, second: 1),
          initialiser: start)
      ])
  }

  private static let specifications = [
    specification(rows: 500, "large"), specification(rows: 20, "small"),
    specification(rows: 400, "other", .uniform(-1...1)),
  ]

  /// The tables of 500 and 400 rows grow; that of 20 does not.
  private static func store(_ specifications: [ParameterSpecification] = specifications)
    -> ParameterStore
  { ParameterStore(specifications, tasks: 1, seed: 3, growingAbove: 240) }

  private static func drawn() -> ParameterStore {
    ParameterStore(specifications, tasks: 1, seed: 3)
  }

  private static func table(_ store: ParameterStore, _ index: Int = 0) throws -> GrowingTable {
    try #require(store.growing[index])
  }

  @Test func onlyTablesAboveTheBoundGrow() {
    #expect(Self.store().growing.map { $0 != nil } == [true, false, true])
    #expect(Self.drawn().growing.allSatisfy { $0 == nil })
    #expect(GrowingTable.grows(vocabulary: (1 << 22) + 1, width: 16))
    #expect(!GrowingTable.grows(vocabulary: 1 << 22, width: 16))
  }

  /// In whatever order rows are looked up, each is what it is in a table that was drawn at once.
  @Test func rowsAreThoseOfATableThatIsDrawnAtOnce() throws {
    let (store, drawn) = (Self.store(), Self.drawn())
    for index in [0, 2] {
      let table = try Self.table(store, index)
      let expected = drawn.numbers(of: Parameter(index: index))
      #expect(table.count == 0 && table.row(of: 7) == nil)
      for (slot, id) in [499, 7, 399, 0, 7, 499].filter({ $0 < table.vocabulary }).enumerated() {
        table.admit(id)
        let row = try #require(table.row(of: id))
        let first = id * Self.width
        #expect(
          (0..<Self.width).allSatisfy { row[$0] == expected[first + $0] },
          "\(index): \(id), \(slot)")
      }
      #expect(table.count == (index == 0 ? 4 : 3))
      #expect(store.numbers(of: Parameter(index: index)) == expected)
      #expect(table.count == (index == 0 ? 4 : 3), "reading numbers makes no rows")
    }
    #expect(store.bytes == 4 * (7 * Self.width + 20 * Self.width))
  }

  /// Of rows that processes share a table keeps its own, in their order and with what lies beside them; guests
  /// are there until they are dropped, and are no rows of it.
  @Test func ownRowsAreKeptAndGuestsGo() throws {
    let table = try Self.table(Self.store())
    let moments = table.makeCompanion(width: 2, filling: Float(7))
    for id in [499, 7, 399, 0, 31] { table.admit(id) }
    for slot in 0..<table.count { moments.base[2 * slot + 1] = Float(slot) }
    let ids = [499, 7, 399, 0, 31]
    let before = try ids.map { id in
      let row = try #require(table.row(of: id))
      return (0..<Self.width).map { row[$0] }
    }
    let share = RowShare(rank: 1, ranks: 3, head: 1)
    let kept = ids.indices.filter { share.keeps(ids[$0]) }
    #expect(kept.contains(3) && kept.count > 1 && kept.count < ids.count, "\(kept)")
    table.share(among: share)
    #expect(
      table.count == kept.count
        && table.ids.array.prefix(kept.count) == kept.map { Int32(ids[$0]) }[...])
    #expect(table.ownedSlots.count == kept.count - 1, "id 0 is the head's")
    for (slot, index) in kept.enumerated() {
      let row = try #require(table.row(of: ids[index]))
      #expect((0..<Self.width).map { row[$0] } == before[index])
      #expect(moments.base[2 * slot] == 7 && moments.base[2 * slot + 1] == Float(index))
    }
    let foreign = try #require(ids.indices.first { !kept.contains($0) })
    #expect(table.row(of: ids[foreign]) == nil)
    let fives = [Float](repeating: 5, count: Self.width)
    #expect(table.addGuest(ids[foreign]) && !table.addGuest(ids[foreign]))
    table.setGuest(ids[foreign], to: fives)
    #expect(table.row(of: ids[foreign])?[1] == 5)
    // A list has a row once; another one has it again.
    table.beginList()
    #expect(table.isNewInList(ids[kept[0]]) && !table.isNewInList(ids[kept[0]]))
    #expect(table.isNewInList(ids[kept[1]]))
    table.beginList()
    #expect(table.isNewInList(ids[kept[0]]))
    #expect(table.count == kept.count && table.grown.count == kept.count * Self.width)
    table.dropGuests()
    #expect(table.row(of: ids[foreign]) == nil && table.guests == 0)
    // Of the rows of another run those are taken that are kept here.
    let all = try Self.table(Self.store())
    for id in ids { all.admit(id) }
    let copy = all.copiedRows()
    copy.rows.base.update(repeating: 9, count: copy.rows.count)
    table.restore(copy)
    #expect(table.count == kept.count && table.row(of: ids[kept[0]])?[0] == 9)
    #expect(table.row(of: ids[foreign]) == nil)
    #expect(copy.keeping(share).ids.array == kept.map { Int32(ids[$0]) })
    // A row goes to another process with all that lies beside it.
    let other = try Self.table(Self.store())
    let others = other.makeCompanion(width: 2, filling: Float(7))
    #expect(table.recordBytes == 4 * (1 + Self.width + 2))
    let record = UnsafeMutableRawPointer.allocate(byteCount: table.recordBytes, alignment: 8)
    defer { record.deallocate() }
    table.write(row: 1, to: record)
    other.read(record)
    #expect(other.row(of: ids[kept[1]])?[2] == 9)
    #expect(others.base[1] == Float(kept[1]))
  }

  /// Each row has one owner, of as many rows as any other about, and ids of a pattern have several.
  @Test(arguments: [2, 3, 7, 64]) func rowsAreSharedOutEvenly(_ ranks: Int) {
    var counts = [Int](repeating: 0, count: ranks)
    for id in 0..<(10_000 * ranks) {
      let kept = (0..<ranks).filter { RowShare(rank: $0, ranks: ranks, head: 5).keeps(id) }
      #expect(kept.count == (id < 5 ? ranks : 1))
      if id >= 5 { counts[kept[0]] += 1 }
    }
    #expect(counts.allSatisfy { (9_700...10_300).contains($0) }, "\(counts)")
    let share = RowShare(rank: 0, ranks: ranks)
    let owners = Set((0..<400).compactMap { share.owner(of: $0 * ranks) })
    #expect(owners.count == ranks)
  }

  /// Whoever wants the whole array gets it in the order of ids, moments and all.
  @Test func settles() throws {
    let (store, drawn) = (Self.store(), Self.drawn())
    let table = try Self.table(store)
    let beside: Storage<Float> = table.makeCompanion(width: 2, filling: 0.5)
    let uses: Storage<Int32> = table.makeCompanion(width: 1, filling: 0)
    for (slot, id) in [400, 3, 77].enumerated() {
      table.admit(id)
      beside[2 * slot + 1] = Float(id)
      uses[slot] = Int32(id)
    }
    table.values[Self.width] = 9  // Of id 3.
    var expected = drawn.numbers(of: Parameter(index: 0))
    expected[3 * Self.width] = 9
    let base = store.base(of: Parameter(index: 0))
    #expect(Array(UnsafeBufferPointer(start: base, count: 1_500)) == expected)
    for id in 0..<500 {
      let isMet = [400, 3, 77].contains(id)
      #expect(beside[2 * id] == 0.5 && beside[2 * id + 1] == (isMet ? Float(id) : 0.5))
      #expect(uses[id] == (isMet ? Int32(id) : 0) && table.slots[id] == Int32(id + 1))
    }
    #expect(store.numbers(of: Parameter(index: 0)) == expected)
  }

  /// What lies beside rows begins when they do, and again when it is asked to.
  @Test func whatLiesBesideRowsBeginsWithThem() throws {
    let table = try Self.table(Self.store())
    table.admit(5)
    let beside: Storage<Float> = table.makeCompanion(width: 1, filling: 0.25)
    #expect(beside[0] == 0.25 && beside[1] == 0)
    table.admit(6)
    #expect(beside[1] == 0.25)
    beside[0] = 3
    table.restart(beside)
    #expect(beside[0] == 0.25)
    table.remove(beside)
    table.admit(7)
    #expect(beside[2] == 0)
  }

  @Test func comesBackToACopy() throws {
    let store = Self.store()
    let table = try Self.table(store)
    for id in [9, 8, 7] { table.admit(id) }
    table.values[0] = 5
    let (before, fingerprint) = (store.numbers(of: Parameter(index: 0)), store.fingerprint)
    var copy = store.copy()
    table.admit(300)
    for index in 0..<(4 * Self.width) { table.values[index] = 1 }
    #expect(store.fingerprint != fingerprint)
    store.restore(from: copy)
    #expect(store.numbers(of: Parameter(index: 0)) == before && store.fingerprint == fingerprint)
    // The newer row is copied, too, and comes back wherever it lies.
    table.values[3 * Self.width] = 6
    copy.write(from: store)
    let after = store.numbers(of: Parameter(index: 0))
    table.settle()
    store.change(Parameter(index: 0)) { $0.update(repeating: 0, count: 1_500) }
    store.restore(from: copy)
    #expect(store.numbers(of: Parameter(index: 0)) == after && after != before)
    let twin = ParameterStore(copyOf: store)
    #expect(twin.fingerprint == store.fingerprint)
    try Self.table(twin).values[0] = 77
    #expect(twin.fingerprint != store.fingerprint)
  }

  /// Rows that were looked up alone leave no trace, nor does the order in which rows came.
  @Test func fingerprintsFollowFromNumbers() throws {
    let (one, two) = (Self.store(), Self.store())
    let first = one.fingerprint
    for (store, ids) in [(one, [4, 9]), (two, [11, 9, 4])] {
      let table = try Self.table(store)
      for id in ids { table.admit(id) }
      #expect(store.fingerprint == first)
      for id in [4, 9] {
        table.values[Int(table.slots[id] - 1) * Self.width + 1] += Float(id)
      }
    }
    #expect(one.fingerprint == two.fingerprint && one.fingerprint != first)
    // The same numbers in the rows of other ids are others.
    let three = Self.store()
    let (table, moved) = (try Self.table(one), try Self.table(three))
    for (slot, id) in [5, 9].enumerated() {
      moved.admit(id)
      for column in 0..<Self.width {
        moved.values[slot * Self.width + column] = table.values[slot * Self.width + column]
      }
    }
    #expect(three.fingerprint != one.fingerprint)
  }

  @Test func namesWhatIsNotFinite() throws {
    let store = Self.store()
    let table = try Self.table(store, 2)
    table.admit(100)
    #expect(store.isFinite && store.firstNotFinite == nil)
    table.values[1] = .nan
    #expect(!store.isFinite && store.firstNotFinite == "other")
    table.values[1] = 40
    #expect(try #require(store.largest(of: 0)) == (path: "other", magnitude: 40))
  }

  // MARK: - Saving

  private func entries(_ store: ParameterStore) throws -> [Archive.Entry] {
    var archive = Archive.saving()
    try store.visit(&archive)
    return archive.entries.map { $0.detached() }
  }

  @Test func isSavedByRows() throws {
    let store = Self.store()
    let table = try Self.table(store)
    for id in [30, 20, 10] { table.admit(id) }
    table.values[4] = 2.5
    let saved = try entries(store)
    #expect(
      saved.map(\.name) == ["large/ids", "large/rows", "other/ids", "other/rows", "small"])
    #expect(saved.map(\.shape) == [[3], [3, 3], [0], [0, 3], [20, 3]])
    // Rows that were there before are gone.
    let other = Self.store()
    for id in [1, 20] { try Self.table(other).admit(id) }
    try Self.table(other).values[0] = 4
    var archive = Archive.loading(saved)
    try other.visit(&archive)
    try archive.finish()
    #expect(other.numbers(of: Parameter(index: 0)) == store.numbers(of: Parameter(index: 0)))
    #expect(try Self.table(other).count == 3 && Self.table(other).row(of: 1) == nil)
    #expect(other.fingerprint == store.fingerprint)
  }

  @Test(arguments: [
    ([0, 500] as [Int32], "500 is not one of 0 to 499"), ([-1, 3], "-1 is not one of 0 to 499"),
    ([7, 7], "7 stands there twice"),
  ]) func wrongIdsAreRefused(_ ids: [Int32], _ words: String) throws {
    let store = Self.store()
    try Self.table(store).admit(1)
    try Self.table(store).admit(2)
    var saved = try entries(store)
    saved[0] = Archive.Entry(
      name: "large/ids", kind: .int32, count: 2, content: .memory(Storage(ids)))
    let other = Self.store()
    try Self.table(other).admit(44)
    #expect(throws: ArchiveError.content("large/ids", words)) {
      var archive = Archive.loading(saved)
      try other.visit(&archive)
    }
    #expect(try Self.table(other).count == 1)
  }

  @Test func fewerNumbersThanRowsAreRefused() throws {
    let store = Self.store()
    try Self.table(store).admit(1)
    var saved = try entries(store)
    saved[1] = Archive.Entry(
      name: "large/rows", kind: .float32, count: 2, content: .memory(Storage<Float>([1, 2])))
    #expect(throws: ArchiveError.size("large/rows", found: 2, expected: 3)) {
      var archive = Archive.loading(saved)
      try Self.store().visit(&archive)
    }
  }

  @Test func copiesAreSaved() throws {
    let store = Self.store()
    let table = try Self.table(store)
    for id in [3, 2] { table.admit(id) }
    table.values[0] = 8
    var copy: ParameterCopy? = store.copy()
    table.admit(1)
    table.values[0] = 1
    var archive = Archive.saving()
    try store.visit(copy: &copy, .trained, in: &archive)
    let saved = archive.entries.map { $0.detached() }
    let other = Self.store()
    var found: ParameterCopy?
    archive = .loading(saved)
    try other.visit(copy: &found, .trained, in: &archive)
    try archive.finish()
    other.restore(from: try #require(found))
    store.restore(from: try #require(copy))
    #expect(other.fingerprint == store.fingerprint)
    let wrong = saved.map { entry in
      entry.name == "grown-0/rows"
        ? Archive.Entry(
          name: entry.name, kind: .float32, count: 5,
          content: .memory(Storage<Float>(count: 5, filling: 0))) : entry
    }
    #expect(throws: ArchiveError.content("grown-0/rows", "5 numbers for 2 rows")) {
      var archive = Archive.loading(wrong)
      try other.visit(copy: &found, .trained, in: &archive)
    }
  }

  /// A table of 10⁸ rows begins at once: drawn as one it would take 6.4 GB and a minute.
  @Test(.timeLimit(.minutes(1))) func manyRowsBeginAtOnce() throws {
    let store = ParameterStore(
      [Self.specification(rows: 100_000_000, "huge", width: 16)], tasks: 1, seed: 1)
    let table = try Self.table(store)
    let moments: Storage<Float> = table.makeCompanion(width: 16, filling: 0)
    for id in [99_999_999, 0, 50_000_000] { table.admit(id) }
    #expect(table.count == 3 && store.bytes == 3 * 64 && moments.count == 1_600_000_000)
    #expect(store.isFinite && store.parameterCount == 1_600_000_000)
    let last = try #require(table.row(of: 99_999_999))
    #expect((0..<16).contains { last[$0] != 0 })
    #expect(ParameterStore(copyOf: store).fingerprint == store.fingerprint)
  }
}
