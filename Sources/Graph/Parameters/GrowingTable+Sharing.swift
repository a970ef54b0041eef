import Tensors

// MARK: - Rows that several processes share

extension GrowingTable {
  /// Keeps the rows of a share from here on, in the order in which they lie, and forgets all others.
  public func share(among share: RowShare) {
    dropGuests()
    self.share = share
    if !share.isWhole, marks.count == 0 {
      marks = Storage(reserving: vocabulary, inLargePages: false)
    }
    var kept = 0
    for slot in 0..<count {
      let id = Int(ids.base[slot])
      guard share.keeps(id) else {
        slots.base[id] = 0
        continue
      }
      if kept < slot {
        (values.base + kept * width).update(from: values.base + slot * width, count: width)
        for companion in companions {
          companion.row(kept).copyMemory(from: UnsafeRawBufferPointer(companion.row(slot)))
        }
        ids.base[kept] = Int32(id)
        slots.base[id] = Int32(kept + 1)
      }
      kept += 1
    }
    if kept < count { isSettled = false }
    count = kept
  }

  /// Makes room for the row of an id that another process keeps, until guests are dropped.
  func addGuest(_ id: Int) -> UnsafeMutablePointer<Float> {
    let slot = count + guests
    precondition(slot < vocabulary && slots.base[id] == 0, "row \(id) is here twice")
    ids.base[slot] = Int32(id)
    guests += 1
    slots.base[id] = Int32(slot + 1)
    return values.base + slot * width
  }

  /// Begins to describe rows, of which none has been met.
  func beginMeeting() {
    mark &+= 1
    guard mark == .max else { return }
    marks.base.update(repeating: 0, count: marks.count)
    mark = 1
  }

  /// Whether the description at hand meets an id for the first time.
  @inline(__always) func isMetFirst(_ id: Int) -> Bool {
    guard marks.base[id] != mark else { return false }
    marks.base[id] = mark
    return true
  }

  /// Forgets the rows of others.
  public func dropGuests() {
    for slot in count..<(count + guests) { slots.base[Int(ids.base[slot])] = 0 }
    guests = 0
  }

  /// Where rows lie that this process alone keeps.
  package var ownedSlots: [Int] {
    (0..<count).filter { share.owner(of: Int(ids.base[$0])) != nil }
  }

  /// Bytes of a row and all that lies beside it, its id first.
  package var recordBytes: Int {
    companions.reduce(MemoryLayout<Int32>.stride + 4 * width) { $0 + $1.first.count }
  }

  /// Copies a row, by where it lies, and all that lies beside it.
  package func write(row slot: Int, to record: UnsafeMutableRawPointer) {
    record.copyMemory(from: ids.base + slot, byteCount: 4)
    var end = record + 4
    end.copyMemory(from: values.base + slot * width, byteCount: 4 * width)
    end += 4 * width
    for row in companions.map({ $0.row(slot) }) {
      UnsafeMutableRawBufferPointer(start: end, count: row.count)
        .copyMemory(from: UnsafeRawBufferPointer(row))
      end += row.count
    }
  }

  /// Admits the row of such a copy, and all that lies beside it.
  package func read(_ record: UnsafeRawPointer) {
    let id = Int(record.loadUnaligned(as: Int32.self))
    admit(id)
    let slot = Int(slots.base[id]) - 1
    var end = record + 4
    UnsafeMutableRawPointer(values.base + slot * width)
      .copyMemory(from: end, byteCount: 4 * width)
    end += 4 * width
    for row in companions.map({ $0.row(slot) }) {
      row.copyMemory(from: UnsafeRawBufferPointer(start: end, count: row.count))
      end += row.count
    }
  }
}
