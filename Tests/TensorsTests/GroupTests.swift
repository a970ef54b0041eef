import CKernels
import Tensors
import Testing

/// Gathering rows by id and summing them back by id.
@Suite struct GroupTests {
  @Test(arguments: [1, 2, 4, 5, 8, 16, 33], [true, false]) func gather(
    width: Int, byIndex: Bool
  ) {
    let random = RandomSource(seed: UInt64(width), .test)
    let fields = 3
    let ids = Storage((0..<(60 * fields)).map { Int32(random.index(below: 20, UInt64($0))) })
    let index = Storage((0..<40).map { Int32(random.index(below: 60, UInt64($0), 1)) })
    let table = Grid(20, width, gap: 0, seed: 2)
    for rows in [0, 1, 40] {
      let x = Grid(rows, width, seed: 3)
      ck_gather(
        Int64(rows), Int64(width), table.base, ids.base + 1, Int64(fields),
        byIndex ? UnsafePointer(index.base) : nil, x.base, x.distance)
      let expected = (0..<rows).flatMap { row -> [Float] in
        let at = byIndex ? Int(index[row]) : row
        return (0..<width).map { table[Int(ids[at * fields + 1]), $0] }
      }
      #expect(x.values == expected)
      #expect(x.gapsAreWhole)
    }
  }

  /// By slots a table reads as the same rows in the order of ids, alone and in lists.
  @Test(arguments: [1, 4, 16, 33], [true, false]) func gatherSlots(width: Int, byIndex: Bool) {
    let (vocabulary, rows, fields, seed) = (20, 70, 2, UInt64(width))
    let random = RandomSource(seed: seed, .test)
    let ids = Storage(
      (0..<(100 * fields)).map { Int32(random.index(below: vocabulary, UInt64($0))) })
    let index = Storage((0..<rows).map { Int32(random.index(below: 100, UInt64($0), 1)) })
    let places = (0..<vocabulary).sorted { random.bits(UInt64($0), 2) < random.bits(UInt64($1), 2) }
    let (table, grown) = (
      Grid(vocabulary, width, gap: 0, seed: 2), Grid(vocabulary, width, gap: 0, seed: 3)
    )
    let slots = Storage<Int32>(count: vocabulary, filling: 0)
    for (slot, id) in places.enumerated() {
      slots[id] = Int32(slot + 1)
      for column in 0..<width { grown[slot, column] = table[id, column] }
    }
    let rowIndex = byIndex ? UnsafePointer(index.base) : nil
    let (x, y) = (Grid(rows, width, seed: 4), Grid(rows, width, seed: 5))
    let (count, columns, stride) = (Int64(rows), Int64(width), Int64(fields))
    ck_gather(count, columns, table.base, ids.base + 1, stride, rowIndex, x.base, x.distance)
    ck_gather_slots(
      count, columns, grown.base, slots.base, ids.base + 1, stride, rowIndex, y.base, y.distance)
    #expect(x.values == y.values && y.gapsAreWhole, "seed \(seed)")
    // List l has l ids.
    let starts = Storage((0...Int32(vocabulary)).map { $0 * ($0 - 1) / 2 })
    for isMean in [true, false] {
      ck_gather_lists(
        count, columns, table.base, ids.base + 1, stride, rowIndex, starts.base, ids.base, isMean,
        x.base, x.distance)
      ck_gather_slot_lists(
        count, columns, grown.base, slots.base, ids.base + 1, stride, rowIndex, starts.base,
        ids.base, isMean, y.base, y.distance)
      #expect(x.values == y.values && y.gapsAreWhole, "seed \(seed), mean \(isMean)")
    }
  }

  @Test(arguments: [true, false]) func gatherDense(byIndex: Bool) {
    let dense = Grid(30, 7, gap: 0, seed: 1)
    let index = Storage((0..<11).map { Int32(29 - $0) })
    let x = Grid(11, 7, seed: 2)
    ck_gather_dense(
      11, 7, dense.base, byIndex ? UnsafePointer(index.base) : nil, x.base, x.distance)
    for row in 0..<11 {
      for column in 0..<7 { #expect(x[row, column] == dense[byIndex ? 29 - row : row, column]) }
    }
    #expect(x.gapsAreWhole)
  }

  /// Counting sort for small vocabularies, radix for large ones: rising ids, rows of an id in order.
  @Test(arguments: [1, 2, 50, 255, 2_047, 2_048, 2_049, 65_535, 65_536, 3_000_000])
  func groups(vocabulary: Int) {
    for (rows, byIndex) in [(0, false), (1, false), (97, false), (512, true), (512, false)] {
      let batch = IDs(rows: rows, vocabulary: vocabulary, byIndex: byIndex)
      let groups = Groups(batch)
      var expected: [Int32: [Int32]] = [:]
      for row in 0..<rows { expected[batch.id(of: row), default: []].append(Int32(row)) }
      let what = "\(rows) rows of \(vocabulary) ids, index \(byIndex)"
      #expect(groups.ids == expected.keys.sorted(), "\(what)")
      for (place, id) in groups.ids.enumerated() {
        #expect(groups.rows(of: place) == expected[id], "\(what), id \(id)")
      }
    }
  }

  @Test(arguments: Level.all, [1, 4, 8, 15, 16, 17, 40]) func sumOfGroups(
    _ level: Level, width: Int
  ) {
    for vocabulary in [3, 40, 100_000] {
      let batch = IDs(rows: 90, vocabulary: vocabulary, byIndex: true)
      let groups = Groups(batch)
      let dx = Grid(90, width, seed: 5)
      let out = Grid(groups.ids.count, width, seed: 6)
      groups.withGroups {
        level.kernels.sum_groups($0, Int64(width), dx.base, dx.distance, out.base, out.distance)
      }
      let what = "\(level) width \(width), \(vocabulary) ids"
      expectClose(out.values, groups.sums(of: dx).flatMap { $0 }, within: 1e-6, what)
      #expect(out.gapsAreWhole, "\(what)")
    }
  }
}

/// A batch's ids, in the middle of three columns.
struct IDs {
  let rows: Int
  let vocabulary: Int
  let ids: Storage<Int32>
  let index: Storage<Int32>?
  static let fields = 3

  init(rows: Int, vocabulary: Int, byIndex: Bool) {
    self.rows = rows
    self.vocabulary = vocabulary
    let random = RandomSource(seed: UInt64(vocabulary), .test)
    // The largest id is there, and ids repeat.
    let few = (0..<20).map { random.index(below: vocabulary, UInt64($0), 1) } + [vocabulary - 1]
    ids = Storage(
      (0..<(2 * rows * Self.fields)).map {
        let isRepeated = random.index(below: 2, UInt64($0), 2) == 0
        return Int32(
          isRepeated
            ? few[random.index(below: few.count, UInt64($0), 3)]
            : random.index(below: vocabulary, UInt64($0), 4))
      })
    index =
      byIndex
      ? Storage((0..<rows).map { Int32(random.index(below: 2 * rows, UInt64($0), 5)) }) : nil
  }

  func id(of row: Int) -> Int32 { ids[Int(index?[row] ?? Int32(row)) * Self.fields + 1] }
}

/// The memory of grouped rows.
struct Groups {
  private let rows: Storage<Int32>
  private let starts: Storage<Int32>
  private let allIDs: Storage<Int32>
  private let count: Int

  init(_ batch: IDs) {
    rows = Storage(count: batch.rows, filling: -1)
    starts = Storage(count: batch.rows + 2, filling: -1)
    allIDs = Storage(count: batch.rows + 1, filling: -1)
    let scratch = Storage<Int32>(count: 2 * batch.rows + 65_538, filling: -1)
    var groups = ck_groups(count: 0, ids: allIDs.base, starts: starts.base, rows: rows.base)
    ck_group(
      Int64(batch.rows), batch.ids.base + 1, Int64(IDs.fields),
      batch.index.map { UnsafePointer($0.base) }, Int64(batch.vocabulary), &groups, scratch.base)
    count = Int(groups.count)
  }

  var ids: [Int32] { Array(allIDs.array.prefix(count)) }

  func rows(of place: Int) -> [Int32] {
    (starts[place]..<starts[place + 1]).map { rows[Int($0)] }
  }

  func withGroups(_ body: (UnsafePointer<ck_groups>) -> Void) {
    var groups = ck_groups(
      count: Int64(count), ids: allIDs.base, starts: starts.base, rows: rows.base)
    body(&groups)
  }

  /// Σ over each group's rows, in Double.
  func sums(of dx: Grid) -> [[Double]] {
    (0..<count).map { place in
      (0..<dx.columns).map { column in
        rows(of: place).reduce(0) { $0 + Double(dx[Int($1), column]) }
      }
    }
  }
}
